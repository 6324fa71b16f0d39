"""What a subject chose, in the clear for its owner alone; a pure function of the store's choices and the policy."""

from api import schemas
from api.reading import Reader, Words
from recommender.choices import ADDRESS
from recommender.sending import channels_of
from recommender.store import StoredHome


def chosen(stored: StoredHome, reader: Reader, words: Words) -> schemas.Chosen:
    """Every choice, with how reminders come by them."""
    choices, wishes = stored.choices, stored.choices.wishes
    delivery = words.catalogue.delivery
    quiet = wishes.quiet or delivery.quiet
    return schemas.Chosen(
        personalised=choices.personalised,
        locale=choices.locale,
        dismissed=dict(choices.dismissed),
        done=dict(choices.done),
        corrections=dict(choices.corrections),
        reminders={reminder: marked.text for reminder, marked in choices.reminders.items()},
        tags_deleted=dict(choices.tags_deleted),
        vacancies=dict(choices.vacancies),
        channels=wishes.channels,
        addresses={
            channel: words.unsealed(reader.subject.shown, ADDRESS, sealed)
            for channel, sealed in sorted(choices.addresses.items())
        },
        unsubscribed=tuple(sorted(wishes.ended)),
        reached_by=tuple(channel.name for channel in channels_of(wishes, delivery)),
        quiet=f"{quiet.begins}-{quiet.ends}",
    )
