"""The leaderboard's JSON routes, under ``/v1``."""

from fastapi import APIRouter

from amarathon.settings import Settings


def router(settings: Settings) -> APIRouter:
    """Routes of the leaderboard's JSON API."""
    return APIRouter(prefix="/v1", tags=["leaderboard"])
