"""What things are good for. Data, shared by the generator of questions and by the validator.

A use lists kinds that serve it beyond dispute, and kinds of which it could be argued: where one of those is
in the picture, nothing is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Use:
    """What a thing is good for. Kinds in neither set certainly do not serve it.

    Attributes:
        kinds: they serve it beyond dispute.
        disputed: could be argued, so nothing is asked where one is in the picture.
        one: questions that one thing answers, none of which says a serving kind's name.
        several: questions for all that serve it.
    """

    kinds: frozenset[str]
    disputed: frozenset[str]
    one: tuple[str, ...]
    several: tuple[str, ...]


def _kinds(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(", ")))


def _use(kinds: str, disputed: str, one: str, several: str) -> Use:
    return Use(_kinds(kinds), _kinds(disputed), tuple(one.split("|")), tuple(several.split("|")))


# fmt: off
USES: Final[Mapping[str, Use]] = {
    "drink from": _use("mug, glass", "bottle, bowl, teapot, jar, vase, spoon",
        "something to drink from|What could I drink my juice from?|"
        "I am thirsty; what can I fill and drink from?|"
        "A guest would like some water. What should I hand over so that it can be drunk politely?",
        "everything that one can drink from|Which things here could hold a drink for a guest?|"
        "What can the drinks of the guests be served in?"),
    "brew tea in for guests": _use("teapot", "bottle, jar, mug, bowl, glass",
        "something to brew tea in for everybody|What would I pour the tea for my guests from?|"
        "Four friends come for tea this afternoon; where do I put the tea leaves and the hot water?|"
        "The tea has to draw for five minutes and is then poured out for all. What is made for that?",
        "everything made for brewing and pouring tea|Which things would a tea party be served from?|"
        "What could tea for a whole family be brewed in?"),
    "cut": _use("knife, scissors", "fork, spoon",
        "something to cut with|What could I cut this ribbon with?|"
        "The string is too long; what can shorten it?|"
        "I have to open a parcel that is tied up with cord, so what here could cut through the cord?",
        "everything that is made for cutting|Which things should small children not cut themselves with?|"
        "What can one cut a ribbon with?"),
    "butter bread with": _use("knife", "spoon, fork",
        "something to spread butter with|What do I butter my bread with?|"
        "The toast is ready; what spreads the jam?|"
        "There is a loaf of bread to be sliced and buttered; which tool would a cook pick up for it?",
        "everything to slice and butter bread with|Which tools could people butter their toast with?|"
        "What could a loaf of bread be sliced with?"),
    "bring soup to the mouth with": _use("spoon", "bowl, mug, glass, jar",
        "something to eat soup with|What do I eat my soup with?|Soup is served; what do I pick up now?|"
        "My soup is too hot to sip, so which tool would carry a little of it at a time to my mouth?",
        "everything to eat soup with|Which tools would be used to eat soup?|"
        "What can a thin soup be eaten with?"),
    "eat with": _use("fork, knife, spoon", "scissors",
        "something to eat with|Which tool is made for eating with?|"
        "Dinner is ready; what do I take in my hand to eat?|"
        "I am laying the table for a meal and still miss a tool to eat with; which one do you see?",
        "all the tools to eat with|Which things do people take in their hands to eat a meal?|"
        "What belongs in the cutlery drawer?"),
    "eat": _use("apple, orange, banana", "jar, plant, box",
        "something to eat|What could I bite into as a healthy snack?|I am hungry; what can I eat?|"
        "I did not have any breakfast, so what here could I have as a sweet and healthy snack?",
        "everything that can be eaten|Which things are food?|"
        "What could children have as a healthy snack at school?"),
    "write on paper with": _use("pencil", "",
        "something to write on paper with|What could I write on this sheet of paper with?|"
        "I want to put a drawing on paper; what do I draw it with?|"
        "I have got a sheet of paper for my shopping list, but what can I write it with?",
        "everything to write on paper with|Which things leave lines on paper when one writes with them?|"
        "What could children draw on paper with?"),
    "read a story in": _use("book", "phone, laptop",
        "something to read|What could I read a long story in?|"
        "It rains and I want to read a novel; what do I take?|"
        "My grandmother loves to turn page after page of a good story; what should I bring her?",
        "everything that has pages to read|Which things could I read stories in?|"
        "What would a library lend out?"),
    "tell the time": _use("clock", "phone, laptop",
        "something that tells the time|What time is it? Show me where I can see it.|"
        "Am I late? Where can I check?|"
        "The train leaves at noon, so what here do I have to keep an eye on to be there in time?",
        "everything that tells the time|Which things show how late it is?|"
        "What has hands that go round all day?"),
    "give light after dark": _use("lamp, candle", "phone, laptop, window",
        "something that gives light after dark|What could brighten the room at night?|"
        "The sun has set and I cannot see a thing. What could help?|"
        "When night falls this room is pitch dark, so what is there that was made to give light?",
        "everything made to give light after dark|Which things can brighten a dark room?|"
        "What could shine here in the evening?"),
    "put cut flowers in": _use("vase", "glass, bottle, jar, mug, teapot, bowl, plant, box",
        "something to put cut flowers in|Where could I put these roses?|"
        "I was given a bouquet; where does it go?|"
        "These tulips will wither unless they stand in water; what is made to hold them?",
        "everything to put cut flowers in|Which things could hold a bouquet?|Where can bouquets be put?"),
    "call someone with": _use("phone", "laptop",
        "something to call someone with|What could I call a taxi with?|"
        "I must talk to my doctor at once; what helps?|"
        "My sister lives far away and I would like to hear her voice; what do I have to pick up?",
        "everything one can make a call with|Which things may ring when a friend calls?|"
        "What could people call home with?"),
    "type on": _use("laptop", "phone",
        "something to type a long text on|What would I write my thesis on, with a keyboard?|"
        "I have a report to type; what do I use?|"
        "My work is to write programs all day; what do I need from here?",
        "everything to type long texts on|Which things have a keyboard to work on?|"
        "What do programmers work on?"),
    "go on the internet with": _use("phone, laptop", "",
        "something to go online with|What could I look up a web page on?|"
        "I have to answer an e-mail; what do I use?|"
        "Somebody sent me a link to a film on the internet; what here could I watch it on?",
        "everything one can go online with|Which things can show web pages?|What can e-mails be read on?"),
    "look outside through": _use("window", "",
        "something that lets daylight into the room|What can I look outside through?|"
        "I hear steps in the garden; what can I look out of without leaving the room?|"
        "On a sunny day nobody needs electric light in here, so what is it that lets the daylight in?",
        "everything that lets daylight into the room|Which things can one look outside through?|"
        "Through what does daylight come into the room?"),
    "kick in a game": _use("ball", "balloon, apple, orange",
        "something to kick in a game|What could the children kick into a goal?|"
        "The team wants to play; what is needed?|"
        "Some friends want to play soccer, and the one thing that they miss is here; what is it?",
        "everything to kick around in a game|Which toys could be kicked into a goal?|What can bounce?"),
    "keep dry under in the rain": _use("umbrella", "",
        "something to carry against the rain|What can a walker hold overhead when it rains?|"
        "It starts to rain on my walk; what should I have in my hand?|"
        "The forecast says showers and I want to walk to work with dry hair; what do I carry?",
        "everything that one carries against the rain|Which things are held overhead in the rain?|"
        "What would walkers carry on a rainy day?"),
    "post a letter in": _use("mailbox", "",
        "something to post a letter in|Where could I post this letter?|"
        "My postcard has a stamp; where does it go?|"
        "I have written to my aunt abroad and would like the letter to be collected; where do I drop it?",
        "everything one can post letters in|Where can letters be posted?|"
        "Which things are made to hold letters?"),
    "throw rubbish in": _use("bin", "",
        "something to throw rubbish in|Where does this banana peel go?|"
        "My paper cup is empty; where do I leave it?|"
        "Please do not drop the wrapper of your sandwich on the ground; where should it be thrown?",
        "everything to throw rubbish in|Where can litter be thrown?|"
        "Which things are emptied by the garbage men?"),
    "sit on in the open air": _use("bench", "",
        "a seat built for people outdoors|Which seat was put here for tired walkers?|"
        "My legs hurt; is there a proper seat with a back to lean on, out in the open?|"
        "We would like to sit side by side in the sun on a seat of boards; where can we do that?",
        "all the seats put up for walkers|Which things were built to sit on outdoors?|"
        "Where are proper seats for people who rest in the open air?"),
    "take a class on a trip": _use("bus", "",
        "something that takes thirty passengers|What could take a whole class to the museum at once?|"
        "We are thirty people and want to travel together; what do we get on?|"
        "I have a ticket for public transport; what should I wait for and get on?",
        "everything that takes thirty passengers|Which vehicles could take a whole class?|"
        "What belongs to public transport?"),
    "move a household with": _use("truck", "bus",
        "something to move a whole household with|What could carry ten tons of gravel?|"
        "We move house with all our furniture; what do we rent?|"
        "The factory has forty heavy crates to deliver; which vehicle should they be loaded on?",
        "everything to move a whole household with|Which vehicles are built to carry heavy crates?|"
        "What could deliver ten tons of gravel?"),
    "ride by pedalling": _use("bicycle", "",
        "something with pedals to ride on|What could I ride without any engine?|"
        "I want to pedal to work; what do I take?|"
        "Somebody wants to get fit by pedalling up the hill every morning; what is needed?",
        "everything that is ridden by pedalling|Which vehicles need no engine?|What is moved by pedals?"),
    "get water from against flames": _use("fire hydrant", "",
        "something that gives water against flames|What would a rescue team fasten its hose to?|"
        "Flames come out of the roof; where is there water to put them out?|"
        "The hose is unrolled and the kitchen is ablaze, so where does the crew get its water from?",
        "everything that gives water against flames|Where can hoses be fastened?|"
        "Which things supply the water to put out a blaze?"),
    "tell drivers to halt": _use("traffic light, stop sign", "person",
        "something put up to make drivers halt|What could order a driver to halt?|"
        "I am learning to drive; what was put up here that can make me halt?|"
        "A driver who does not obey it may have to pay a fine and cause a crash at the crossing; what is it?",
        "everything put up to make drivers halt|Which things can order drivers to halt?|"
        "What must a driver obey at a crossing?"),
    "brighten the way at night": _use("street lamp", "traffic light, car, bus, truck",
        "something put up to brighten the way at night|What helps walkers to see the way after dark?|"
        "I walk home late and it is dark; what will shine for me from above?|"
        "The town wants people to feel safe on their way home at night; what has it put up to shine for "
        "them?",
        "everything put up to brighten the way at night|What helps walkers to see their way after dark?|"
        "Which things does the town switch on in the evening?"),
    "fly by flapping wings": _use("bird", "",
        "something that flaps its wings to fly|What hatched from an egg?|"
        "What here could sing and build a nest?|"
        "My friend takes binoculars along to watch creatures with feathers; what would he look at here?",
        "everything with feathers|Which animals can fly?|What could build nests here?"),
    "keep as a furry pet": _use("dog, cat", "",
        "a furry pet|What could I stroke and keep as a furry pet?|"
        "Which furry animal may live in a flat with people?|"
        "My daughter longs for a companion with four paws and soft fur; what here would please her?",
        "all the furry pets|Which animals have four paws?|What would a vet for small furry animals treat?"),
    "live in as a family": _use("house", "",
        "a home for a family|What has rooms to live in?|"
        "A family wants to move here; what could it buy to live in?|"
        "I want a kitchen, a bathroom and a bed under a roof of my own; what should I rent?",
        "all the homes for families|Which things have rooms to live in?|Where do families cook and sleep?"),
}
