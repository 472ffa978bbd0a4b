"""How to ask for things by how they are just now, without the word for it. Data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class StateQuestion:
    """Asked by how a thing of a kind is just now, without the state's own word.

    Attributes:
        one: questions that one thing answers.
        several: questions for all that are so.
    """

    kind: str
    state: str
    one: tuple[str, ...]
    several: tuple[str, ...]


def _state(kind: str, state: str, one: str, several: str) -> StateQuestion:
    return StateQuestion(kind, state, tuple(one.split("|")), tuple(several.split("|")))


STATE_QUESTIONS: Final[tuple[StateQuestion, ...]] = (
    _state(
        "glass",
        "full",
        "Which glass still has a drink in it?|Which glass could be spilled?|the glass with a drink in it",
        "Which glasses still have a drink in them?|all glasses that could be spilled",
    ),
    _state(
        "glass",
        "empty",
        "Which glass has nothing in it?|Which glass needs a refill?|the glass without a drink",
        "Which glasses have nothing in them?|all glasses without a drink",
    ),
    _state(
        "mug",
        "full",
        "Which mug has a drink in it?|Which mug could be spilled?|the mug that I can still drink from",
        "Which mugs have a drink in them?|all mugs that could be spilled",
    ),
    _state(
        "mug",
        "empty",
        "Which mug could still be filled?|Which mug has nothing in it?|the mug without a drink",
        "Which mugs could still be filled?|all mugs with nothing in them",
    ),
    _state(
        "bottle",
        "full",
        "Which bottle still has a drink in it?|From which bottle can I pour?|the bottle with a drink in it",
        "Which bottles still have a drink in them?|all bottles that I can pour from",
    ),
    _state(
        "bottle",
        "empty",
        "Which bottle has nothing in it?|Which bottle can be recycled?|the bottle without a drink",
        "Which bottles have nothing in them?|all bottles that can be recycled",
    ),
    _state(
        "candle",
        "lit",
        "Which candle could burn my fingers?|Which candle should I blow out?|the candle with a flame",
        "Which candles could burn my fingers?|all candles with a flame",
    ),
    _state(
        "candle",
        "unlit",
        "Which candle needs a match?|Which candle has no flame?|the candle that does not burn",
        "Which candles need a match?|all candles without a flame",
    ),
    _state(
        "lamp",
        "lit",
        "Which lamp is switched on?|Which lamp uses power just now?|the lamp that shines",
        "Which lamps are switched on?|all lamps that shine",
    ),
    _state(
        "lamp",
        "unlit",
        "Which lamp is switched off?|Which lamp does not shine?|the lamp that gives no light now",
        "Which lamps are switched off?|all lamps that do not shine",
    ),
    _state(
        "book",
        "open",
        "Which book is somebody reading?|In which book can a page be read just now?|"
        "the book that I can read at once",
        "Which books is somebody reading?|all books in which a page can be read just now",
    ),
    _state(
        "book",
        "closed",
        "Which book is nobody reading?|Which book is shut?|the book in which no page can be read just now",
        "Which books is nobody reading?|all books that are shut",
    ),
    _state(
        "laptop",
        "open",
        "Which laptop is ready to type on?|Which laptop shows its screen?|the laptop with its lid up",
        "Which laptops are ready to type on?|all laptops that show their screens",
    ),
    _state(
        "laptop",
        "closed",
        "Which laptop is shut?|Which laptop hides its screen?|the laptop with its lid down",
        "Which laptops are shut?|all laptops with their lids down",
    ),
    _state(
        "window",
        "open",
        "Which window lets the wind in?|Which window should be shut in a storm?|"
        "the window that airs the room",
        "Which windows let the wind in?|all windows that should be shut in a storm",
    ),
    _state(
        "window",
        "closed",
        "Which window is shut?|Which window keeps the wind out?|the window that lets no air in",
        "Which windows are shut?|all windows that keep the wind out",
    ),
    _state(
        "box",
        "open",
        "Which box can I look into?|Which box could I put something in at once?|the box with its lid off",
        "Which boxes can I look into?|all boxes that could be filled at once",
    ),
    _state(
        "box",
        "closed",
        "Which box is shut?|Which box hides what is in it?|the box with its lid on",
        "Which boxes are shut?|all boxes that hide what is in them",
    ),
    _state(
        "car",
        "lit",
        "Which car has its headlights on?|Which car is ready for the night?|the car with shining headlights",
        "Which cars have their headlights on?|all cars with shining headlights",
    ),
    _state(
        "car",
        "unlit",
        "Which car has its headlights off?|Which car would be overlooked in fog?|"
        "the car without shining headlights",
        "Which cars have their headlights off?|all cars without shining headlights",
    ),
    _state(
        "street lamp",
        "lit",
        "Which street lamp is switched on?|Which street lamp shines?|the street lamp that is on",
        "Which street lamps are switched on?|all street lamps that shine",
    ),
    _state(
        "street lamp",
        "unlit",
        "Which street lamp is switched off?|Which street lamp does not shine?|the street lamp that is off",
        "Which street lamps are switched off?|all street lamps that do not shine",
    ),
    _state(
        "traffic light",
        "stop",
        "Which traffic light tells the cars to wait?|At which traffic light must I brake?|"
        "the traffic light that lets nobody pass",
        "Which traffic lights tell the cars to wait?|all traffic lights that let nobody pass",
    ),
    _state(
        "traffic light",
        "go",
        "Which traffic light lets the cars pass?|Which traffic light tells drivers to move on?|"
        "the traffic light that I may drive past",
        "Which traffic lights let the cars pass?|all traffic lights I may drive past",
    ),
    _state(
        "traffic light",
        "caution",
        "Which traffic light is about to change?|Which traffic light shows its middle lamp?|"
        "the traffic light between its two other signals",
        "Which traffic lights are about to change?|all traffic lights that show the middle lamp",
    ),
    _state(
        "umbrella",
        "open",
        "Which umbrella is spread out?|Which umbrella is unfolded?|the umbrella that would keep rain off",
        "Which umbrellas are spread out?|all umbrellas that are unfolded",
    ),
    _state(
        "umbrella",
        "closed",
        "Which umbrella is folded?|Which umbrella has to be unfolded first?|the furled umbrella",
        "Which umbrellas are folded?|all furled umbrellas",
    ),
    _state(
        "bench",
        "empty",
        "Which bench has no one on it?|On which bench does nobody sit?|the bench with room for everybody",
        "Which benches have no one on them?|all benches on which nobody sits",
    ),
    _state(
        "bench",
        "taken",
        "Which bench does somebody sit on?|Which bench is in use?|the bench with somebody on it",
        "Which benches does somebody sit on?|all benches that are in use",
    ),
)
