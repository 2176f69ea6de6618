"""The things of the toy world: what they look like and what they are called."""

COLOURS = {
    "red": (214, 36, 40), "green": (38, 150, 62), "blue": (36, 84, 216),
    "yellow": (244, 208, 34), "purple": (140, 48, 176), "orange": (246, 128, 16),
}
"""{colour word: (r, g, b), 0..255}."""

NOUNS = {
    "ball": ("ball", "sphere"), "box": ("box", "crate"), "house": ("house", "cottage"), "fish": ("fish", "trout"),
    "boat": ("boat", "ship"), "car": ("car", "auto"), "tree": ("tree", "fir"), "cup": ("cup", "mug"),
}
"""{kind: (the usual noun, the rarer one)}."""

# Tones: a shape is painted in the thing's colour, in a darker or lighter one, or in ink or wood, whatever the colour.
COLOUR, SHADE, LIGHT, INK, WOOD = "colour", "shade", "light", "ink", "wood"

DRAWINGS = {
    "ball": [("ellipse", (0, 0, 1, 1), COLOUR), ("ellipse", (.2, .14, .46, .4), LIGHT)],
    "box": [("rectangle", (.04, .04, .96, .96), COLOUR), ("rectangle", (.04, .26, .96, .38), SHADE),
            ("rectangle", (.04, .62, .96, .74), SHADE)],
    "house": [("polygon", (0, .46, .5, 0, 1, .46), SHADE), ("rectangle", (.12, .46, .88, 1), COLOUR),
              ("rectangle", (.4, .64, .6, 1), INK)],
    "fish": [("ellipse", (0, .2, .76, .8), COLOUR), ("polygon", (.62, .5, 1, .16, 1, .84), SHADE),
             ("ellipse", (.12, .36, .24, .48), INK)],
    "boat": [("polygon", (0, .66, 1, .66, .8, 1, .2, 1), COLOUR), ("rectangle", (.44, 0, .52, .66), WOOD),
             ("polygon", (.56, .04, .56, .58, .96, .58), LIGHT)],
    "car": [("polygon", (.16, .48, .3, .16, .7, .16, .86, .48), SHADE), ("rectangle", (0, .46, 1, .78), COLOUR),
            ("ellipse", (.1, .62, .38, .9), INK), ("ellipse", (.62, .62, .9, .9), INK)],
    "tree": [("rectangle", (.42, .7, .58, 1), WOOD), ("polygon", (.5, .22, 1, .78, 0, .78), COLOUR),
             ("polygon", (.5, 0, .88, .42, .12, .42), COLOUR)],
    "cup": [("ring", (.42, .26, 1, .76), SHADE), ("polygon", (0, .1, .74, .1, .64, 1, .1, 1), COLOUR),
            ("ellipse", (0, 0, .74, .22), LIGHT)],
}
"""{kind: shapes (name, coordinates in a unit square whose y points down, tone), painted in this order}."""


def tones(colour):
    """{tone: (r, g, b)} of a thing of `colour`, a key of COLOURS."""
    rgb = COLOURS[colour]
    return {COLOUR: rgb, SHADE: tuple(int(.62 * c) for c in rgb), LIGHT: tuple(int(c + .6 * (255 - c)) for c in rgb),
            INK: (28, 28, 34), WOOD: (112, 74, 44)}
