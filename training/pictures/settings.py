"""What drawn pictures are like."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator


class PicturesSettings(BaseModel):
    """What the pictures are like. Shares are of pictures or of things, 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    sides: tuple[int, int] = Field(
        default=(160, 256), description="range of the longer side, in pixels, 32 up"
    )
    most: int = Field(default=9, ge=1, le=40, description="most things in a picture, groups aside")
    radii: tuple[float, float] = Field(
        default=(0.07, 0.42), description="range, in shorter sides, above 0, to 0.8"
    )
    parts: float = Field(default=0.5, ge=0, le=1, description="share of large things with parts")
    groups: float = Field(
        default=0.3, ge=0, le=1, description="share of pictures with a group of like things"
    )
    grounds: float = Field(default=0.3, ge=0, le=1, description="share of pictures whose grounds are objects")
    least: float = Field(
        default=0.0015,
        ge=0,
        le=0.01,
        description="share of the picture from which on what is seen has a mask",
    )
    busy: float = Field(
        default=1.0, ge=0, le=1, description="how much there is of textures, light, shadows, blur and noise"
    )

    @model_validator(mode="after")
    def _ranges_rise(self) -> PicturesSettings:
        if not 32 <= self.sides[0] <= self.sides[1]:
            raise ValueError(
                f"`sides` is a range of 32 or more, smaller number first: not {list(self.sides)}"
            )
        if not 0 < self.radii[0] <= self.radii[1] <= 0.8:
            raise ValueError(
                f"`radii` is a range above 0 and up to 0.8, smaller number first: not {list(self.radii)}"
            )
        return self

    def eased(self, share: float) -> PicturesSettings:
        """Between plain pictures of a few large things (share 0) and these (share 1)."""
        low = self.radii[0] + (1 - share) * (self.radii[1] - self.radii[0]) / 3
        return self.model_copy(
            update={
                "most": max(min(4, self.most), round(share * self.most)),
                "radii": (low, self.radii[1]),
                "parts": share * self.parts,
                "groups": share * self.groups,
                "grounds": share * self.grounds,
                "busy": share * self.busy,
            }
        )
