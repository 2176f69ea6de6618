"""The page that the demo leaves: what came out, and the way to all that was made."""

from minisat.plots.index import index_page


def demo_page(path, found, looks, following):
    """Write the page to `path`, in the demo's folder.

    `found` is what was Judged, `looks` are attention figures, `following` {command: what it does}.
    """
    folder, game = path.parent, found.game
    trained = folder / "run"
    index_page(
        path, "A captioner, trained from scratch",
        "A small CNN and an LSTM with soft attention learnt together, from drawn scenes and what is said of them. All "
        f"that follows is about {found.scenes} scenes that they had never seen.",
        facts=[(f"{found.reached:.3f}", "BLEU-4 of its captions. A perfect speaker of this world's grammar, whose "
                f"words vary, gets {found.ceiling:.3f}."),
               (f"{game.score:.2f}", f"of the {game.counted} nouns and colours that it says are looked at: the "
                f"place with the largest share touches the thing named. By chance it would be {game.chance:.2f}.")],
        cards=[(folder / "captioner.html", "Try it", "Draw a scene: the captioner, in this page, says what it sees."),
               (trained / "gallery-test.html", "Gallery", "Captions, and where it looked for every word."),
               (trained / "analysis-test.html", "Mistakes", "The worst captions, and what is said in place of what."),
               (folder / "step.html", "One training step", "Every call, forward and back, number by number.")],
        pictured="Where it looked, and how it learnt",
        pictures=[*((look, f"{look.stem}, at each word of its caption, bright where the captioner looked")
                    for look in looks),
                  (trained / "plots" / "curves.png", "The loss and the BLEU-4 of dev captions, epoch by epoch")],
        following=following.items())
