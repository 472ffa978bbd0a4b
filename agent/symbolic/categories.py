"""Names of kinds of things: the 80 COCO categories, their groups, and other words for them."""

from __future__ import annotations

from typing import Final

_BY_GROUP: Final[dict[str, str]] = {
    "person": "person",
    "vehicle": "bicycle, car, motorcycle, airplane, bus, train, truck, boat",
    "outdoor": "traffic light, fire hydrant, stop sign, parking meter, bench",
    "animal": "bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe",
    "accessory": "backpack, umbrella, handbag, tie, suitcase",
    "sports": "frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard, "
    "surfboard, tennis racket",
    "kitchen": "bottle, wine glass, cup, fork, knife, spoon, bowl",
    "food": "banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake",
    "furniture": "chair, couch, potted plant, bed, dining table, toilet",
    "electronic": "tv, laptop, mouse, remote, keyboard, cell phone",
    "appliance": "microwave, oven, toaster, sink, refrigerator",
    "indoor": "book, clock, vase, scissors, teddy bear, hair drier, toothbrush",
}


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


CATEGORIES: Final[tuple[str, ...]] = tuple(name for names in _BY_GROUP.values() for name in _split(names))

SAME: Final[dict[str, tuple[str, ...]]] = {
    word: _split(names)
    for names, words in {
        "person": "human, human being, individual, somebody, someone, anybody, anyone, everybody, "
        "everyone, folk",
        "bicycle": "bike, cycle, pushbike",
        "motorcycle": "motorbike, motor bike, motor cycle",
        "airplane": "plane, aeroplane, aircraft",
        "car": "auto, automobile",
        "boat": "ship",
        "truck": "lorry",
        "traffic light": "stoplight, traffic signal, stop light",
        "fire hydrant": "hydrant",
        "stop sign": "stopsign",
        "cow": "cattle",
        "backpack": "rucksack, back pack, knapsack",
        "umbrella": "parasol, brolly",
        "handbag": "purse, hand bag",
        "tie": "necktie, neck tie",
        "skis": "ski, pair of skis",
        "sports ball": "ball",
        "baseball bat": "bat",
        "baseball glove": "baseball mitt, mitt",
        "skateboard": "skate board",
        "surfboard": "surf board",
        "snowboard": "snow board",
        "tennis racket": "racket, racquet, tennis racquet",
        "wine glass": "wineglass, goblet",
        "sandwich": "sandwiches",
        "hot dog": "hotdog",
        "donut": "doughnut",
        "couch": "sofa, settee",
        "potted plant": "plant, pot plant, houseplant, house plant, pottedplant",
        "dining table": "table, diningtable",
        "toilet": "loo, wc, lavatory, toilet bowl, toilet seat",
        "tv": "television, tv monitor, tvmonitor, television set, tv set, tv screen, telly",
        "laptop": "laptop computer, notebook computer",
        "mouse": "computer mouse",
        "remote": "remote control, remote controller, tv remote",
        "keyboard": "computer keyboard",
        "cell phone": "phone, mobile phone, cellphone, mobile, smartphone, telephone, smart phone",
        "microwave": "microwave oven",
        "oven": "stove, cooker",
        "refrigerator": "fridge",
        "clock": "wall clock",
        "scissors": "scissor, pair of scissors",
        "teddy bear": "teddy, stuffed bear",
        "hair drier": "hair dryer, hairdryer, hairdrier, blow dryer",
        "toothbrush": "tooth brush",
    }.items()
    for word in _split(words)
}
"""Words that mean the same as a category, as far as pictures go."""

LOSSY: Final[dict[str, tuple[str, ...]]] = {
    word: _split(names)
    for names, words in {
        "person": "man, woman, boy, girl, child, kid, baby, toddler, infant, lady, guy, gentleman, fellow, "
        "player, adult, male, female, teenager, pedestrian, driver, rider, skier, surfer, skateboarder, "
        "snowboarder, cyclist, chef, worker, passenger, spectator, batter, pitcher, catcher, umpire, mother, "
        "father, bride, groom, policeman, soldier, student, teacher, farmer, athlete",
        "bird": "pigeon, duck, seagull, gull, goose, swan, chicken, hen, rooster, parrot, sparrow, eagle, "
        "owl, "
        "penguin, crow, pelican",
        "cat": "kitten, kitty, pussycat",
        "dog": "puppy, doggy, doggie, hound, pup, poodle, bulldog, terrier",
        "horse": "pony, foal, mare, stallion",
        "sheep": "lamb, ewe",
        "cow": "bull, calf, ox",
        "bear": "grizzly, polar bear, panda",
        "car": "taxi, cab, suv, sedan, minivan, jeep, van, police car",
        "bus": "coach, minibus, double decker",
        "train": "locomotive, tram, subway",
        "motorcycle": "scooter, moped, vespa",
        "truck": "pickup, fire engine, fire truck, pickup truck",
        "boat": "canoe, kayak, sailboat, ferry, yacht, sailing boat",
        "airplane": "jet, airliner, jet plane",
        "bench": "park bench",
        "suitcase": "trunk, briefcase",
        "cup": "mug, teacup, coffee cup, coffee mug, beaker, tumbler",
        "wine glass, cup": "glass, drinking glass",
        "bottle": "flask, wine bottle, beer bottle, water bottle",
        "bowl": "dish",
        "chair": "armchair, stool, office chair",
        "dining table": "desk, coffee table",
        "tv": "screen, monitor, display",
        "laptop": "computer, notebook",
        "cake": "cupcake, birthday cake",
        "book": "magazine, booklet",
        "sports ball": "football, soccer ball, tennis ball, basketball, baseball, volleyball",
        "vase": "flower vase",
        "sandwich": "burger, hamburger",
        "sink": "basin, washbasin",
        "couch": "loveseat",
        "potted plant": "flower pot, flowerpot",
    }.items()
    for word in _split(words)
}
"""Words that say more (or other) than the categories they are read as."""

_VEHICLES = _split(_BY_GROUP["vehicle"])
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "animal": _split(_BY_GROUP["animal"]),
    "creature": _split(_BY_GROUP["animal"]),
    "living thing": ("person", *_split(_BY_GROUP["animal"])),
    "living being": ("person", *_split(_BY_GROUP["animal"])),
    "mammal": tuple(n for n in _split(_BY_GROUP["animal"]) if n != "bird"),
    "pet": ("cat", "dog"),
    "vehicle": _VEHICLES,
    "means of transport": _VEHICLES,
    "two wheeler": ("bicycle", "motorcycle"),
    "accessory": _split(_BY_GROUP["accessory"]),
    "bag": ("backpack", "handbag", "suitcase"),
    "luggage": ("suitcase", "backpack", "handbag"),
    "baggage": ("suitcase", "backpack", "handbag"),
    "sports equipment": _split(_BY_GROUP["sports"]),
    "sport equipment": _split(_BY_GROUP["sports"]),
    "sporting good": _split(_BY_GROUP["sports"]),
    "sports gear": _split(_BY_GROUP["sports"]),
    "board": ("snowboard", "skateboard", "surfboard"),
    "kitchenware": _split(_BY_GROUP["kitchen"]),
    "tableware": _split(_BY_GROUP["kitchen"]),
    "kitchen utensil": _split(_BY_GROUP["kitchen"]),
    "kitchen item": _split(_BY_GROUP["kitchen"]),
    "utensil": ("fork", "knife", "spoon"),
    "cutlery": ("fork", "knife", "spoon"),
    "silverware": ("fork", "knife", "spoon"),
    "drinking vessel": ("wine glass", "cup"),
    "food": _split(_BY_GROUP["food"]),
    "food item": _split(_BY_GROUP["food"]),
    "fruit": ("banana", "apple", "orange"),
    "vegetable": ("broccoli", "carrot"),
    "veggie": ("broccoli", "carrot"),
    "furniture": _split(_BY_GROUP["furniture"]),
    "piece of furniture": _split(_BY_GROUP["furniture"]),
    "seat": ("chair", "couch", "bench"),
    "electronics": _split(_BY_GROUP["electronic"]),
    "electronic": _split(_BY_GROUP["electronic"]),
    "electronic device": _split(_BY_GROUP["electronic"]),
    "electronic item": _split(_BY_GROUP["electronic"]),
    "gadget": _split(_BY_GROUP["electronic"]),
    "appliance": _split(_BY_GROUP["appliance"]),
    "kitchen appliance": _split(_BY_GROUP["appliance"]),
    "home appliance": _split(_BY_GROUP["appliance"]),
}
"""Words for groups of categories."""
