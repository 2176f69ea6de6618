"""Known typos of the Flickr8k captions, repaired as whole words and never inside a longer one."""

_TABLE = """
accross across, acroos across, acrouss across, advertisment advertisement, afican african, againest against,
aggresively aggressively, aligator alligator, amoung among, amuseument amusement, anciet ancient,
anouther another, antoher another, apparantly apparently, aross across, athelete athlete, atheletes athletes,
attampts attempts, attemping attempting, attrative attractive, backgound background, backgroud background,
backround background, balck black, barrior barrier, basett basset, beack beach, behinf behind, behing behind,
bicyler bicycler, bicylist bicyclist, bikina bikini, biscut biscuit, brige bridge, brighly brightly,
brighty brightly, broen brown, browm brown, brwon brown, bting biting, bunchh bunch, busines business,
buzy busy, campflauge camouflage, carreis carries, carring carrying, carying carrying, cathcer catcher,
caucasion caucasian, chidl child, childern children, chrismas christmas, cigerette cigarette,
civillians civilians, clibing climbing, climing climbing, clowds clouds, colecting collecting,
coliding colliding, coloful colorful, colred colored, competeition competition, competiton competition,
conoe canoe, containig containing, contestent contestant, convienance convenience, convienience convenience,
counry country, coutryside countryside, crooswalk crosswalk, dacshund dachshund, dalmation dalmatian,
dandilions dandelions, dandylions dandelions, daschunds dachshunds, decortive decorative,
demonstarting demonstrating, diferent different, dimond diamond, distnat distant, divind diving,
dooorway doorway, drak dark, drapped draped, driftrood driftwood, egde edge, eldery elderly, emty empty,
enforcment enforcement, enterance entrance, equiment equipment, equpiment equipment, equpitment equipment,
excercise exercise, excercises exercises, excersise exercise, excersizing exercising, exhibt exhibit,
extravagent extravagant, eyese eyes, farward forward, feamle female, feild field, ferrett ferret, fiels field,
fiesty feisty, firends friends, fishemen fishermen, fiveteen fifteen, flighht flight, fluorecent fluorescent,
footbride footbridge, foreround foreground, fortess fortress, fribee frisbee, frisbeen frisbee, frisbie frisbee,
frisbree frisbee, fronmt front, fronr front, furocious ferocious, gallopsing galloping, garmet garment,
gaurd guard, gaurdian guardian, gettin getting, gettnig getting, giong going, gith with, glassess glasses,
glvoes gloves, gorup group, graffitti graffiti, graffti graffiti, gren green, grond ground, grss grass,
guiutarist guitarist, gutarist guitarist, halmets helmets, halway hallway, hankerchief handkerchief,
hapily happily, hapy happy, headress headdress, headresses headdresses, helment helmet, helments helmets,
histerically hysterically, hoddie hoodie, hsirt shirt, hte the, htting hitting, hudge huge, hurridly hurriedly,
huskey husky, iceburg iceberg, inflatbale inflatable, intot into, jaket jacket, jersay jersey, jersy jersey,
jewlery jewelry, jomps jumps, juming jumping, jumpinjg jumping, jumpos jumps, kiyaking kayaking, litle little,
litlle little, litttle little, looling looking, loooking looking, matchin matching, mountian mountain,
mountin mountain, moutain mountain, moutains mountains, moutainside mountainside, moutnain mountain,
muxzzled muzzled, narby nearby, nech neck, neclace necklace, objest object, offf off, oout out,
oppsing opposing, oppsite opposite, osme some, otuside outside, ourdoors outdoors, ouside outside,
outfir outfit, outfut outfit, outstreached outstretched, outstreched outstretched, palying playing,
passin passing, payfully playfully, peolple people, peoplw people, perfom perform, perfoms performs,
perfors performs, picure picture, picutre picture, playgroud playground, playy play, pleople people,
plling pulling, posign posing, ractrack racetrack, railling railing, rellow yellow, resaurant restaurant,
retreiver retriever, serveral several, sheperd shepherd, shephard shepherd, shirtness shirtless,
shorline shoreline, sidwalk sidewalk, silohuetted silhouetted, skii ski, skiiers skiers, sleeding sledding,
sliiding sliding, smilling smiling, somone someone, somthing something, spashes splashes, spoted spotted,
stadning standing, stamds stands, standind standing, staue statue, stiars stairs, stiped striped,
surounded surrounded, surronded surrounded, sveral several, sweashirt sweatshirt, sweatshir sweatshirt,
swinsuit swimsuit, takeing taking, terrior terrier, thie the, thier their, thorugh through, thre three,
throught through, togerther together, tonge tongue, tongee tongue, torwards towards, underneat underneath,
unifrom uniform, waaves waves, waing waving, walkng walking, waring wearing, wearhing wearing, weating wearing,
whie white, whiel while, whild while, wmoan woman, woamn woman, wodden wooden, woooden wooden,
wrestilng wrestling, wuth with, yong young, youg young, yougn young, youn young, ypoung young, yuong young
"""

REPAIRS = dict(entry.split() for entry in _TABLE.split(","))
"""{misspelt: meant}: only words that are no English and can mean one thing only."""


def repair_spelling(tokens):
    """`tokens` (lower-case words) with each known typo replaced; a list of the same length.

    Whole words only: replaced as substrings, a short entry (skii, thie) would also be mended inside longer words.
    """
    return [REPAIRS.get(word, word) for word in tokens]
