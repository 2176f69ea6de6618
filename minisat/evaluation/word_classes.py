"""Words of captions by class: colours, counts, people, animals, things, places. One line is one meaning.

Short lists of what Flickr8k's captions name most often, for error analysis: confusions are looked for within a class.
Words that are true of many meanings (person, child, small) stand in none.
"""

_LISTS = {
    "colour": """
        black; white; red; blue; green; yellow; orange; brown tan; pink; purple; grey gray; gold golden; silver""",
    "count": """
        one single; two both pair couple; three; four; five; six; seven; eight; several many group crowd""",
    "person": """
        man men guy guys gentleman; woman women lady ladies; boy boys; girl girls; baby babies infant toddler""",
    "animal": """
        dog dogs puppy puppies; cat cats kitten; horse horses pony; bird birds; cow cows cattle; sheep lamb; goat goats;
        elephant elephants; bear bears; fish; duck ducks; monkey monkeys; rabbit; zebra zebras; giraffe giraffes""",
    "thing": """
        ball balls football basketball soccer baseball; frisbee disc; stick sticks branch; toy toys; rope leash;
        bicycle bicycles bike bikes; motorcycle motorcycles motorbike; car cars truck van; boat boats canoe kayak raft;
        skateboard skateboards; surfboard surfboards; snowboard snowboards; ski skis; swing swings; slide; trampoline;
        guitar guitars; camera cameras; bench; umbrella umbrellas; hat hats cap helmet; box; triangle; ring""",
    "place": """
        snow snowy ice; beach sand sandy shore; grass grassy lawn field meadow; street road sidewalk city; rock rocks
        cliff; mountain mountains hill; pool; lake river stream pond; ocean sea waves wave; forest woods; dirt mud;
        stage; court; track""",
}

CLASSES = {name: {word: meaning.split()[0] for meaning in text.split(";") for word in meaning.split()}
           for name, text in _LISTS.items()}
"""{class: {word: the first word of its line, which names the meaning}}."""

CLASS_OF = {word: name for name, words in CLASSES.items() for word in words}
"""{word: its class}."""


def meanings(words, name):
    """The set of meanings of class `name` that occur among `words`."""
    named = CLASSES[name]
    return {named[word] for word in words if word in named}
