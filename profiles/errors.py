"""Every error this system raises on purpose; it never carries an identity number, a name or an address.

The whole tree::

    YidangError                 anything below; the message is a sentence for the person who must act
    ├── ContractError           a contract YAML is malformed or breaks the Open Data Contract Standard
    ├── BindingError            a binding YAML is malformed, or names a column that the delivery lacks
    ├── FeedMissing             a bound feed was not delivered for the day
    ├── FeedStopped             the gate judged a whole feed unfit; yesterday's accepted rows stay
    ├── CountMismatch           accepted + quarantined is not what was delivered
    ├── KeyMaterialError        a key is missing, too short, or the demo's outside the demo
    ├── LinkageError            how a feed is linked is malformed, or there is no such link
    ├── RuleError               a rule does not parse, or names an unknown column, word or tag
    ├── RegistryError           a tag YAML is malformed
    ├── CatalogueError          a service, bundle or document YAML is malformed
    ├── ModelMismatch           tags, model and catalogue were not made from the same versions
    ├── TraceUnknown            no list that is kept has that trace
    ├── TableMissing            a job needs a table that an earlier job has not written
    ├── TableCorrupt            a table's manifest and its files disagree
    ├── StoreUnavailable        the serving store does not answer
    ├── AuditBroken             the chain of who read what was tampered with
    ├── CaseFault               what somebody wants to do with a case of help cannot be done with it now
    ├── FeedbackUnreadable      an entry of the feedback stream is not what this release writes
    ├── KeyReused               a request repeats the key of another request with another content
    ├── TooManyDrafts           a subject keeps as many half-filled forms as it may
    ├── SettingsError           a setting is missing or makes no sense
    ├── MissingExtra            what was asked for needs a library that is not installed
    └── DataUnfit               data to measure on are not in the form that was expected
"""


class YidangError(Exception):
    """The root of the tree; ``str(error)`` is one sentence: what was expected, what came, where, what to do."""


class ContractError(YidangError):
    """A contract YAML is malformed or breaks the Open Data Contract Standard."""


class BindingError(YidangError):
    """A binding YAML is malformed, or names a column that the delivery lacks."""


class FeedMissing(YidangError):
    """A bound feed was not delivered for the day."""


class FeedStopped(YidangError):
    """The gate judged a whole feed unfit; what was accepted before stays in force."""


class CountMismatch(YidangError):
    """Accepted and quarantined rows do not add up to what was delivered."""


class KeyMaterialError(YidangError):
    """A key is missing, too short, or the demo's outside the demo."""


class LinkageError(YidangError):
    """How a feed without identity numbers is linked is malformed, or there is no such link."""


class RuleError(YidangError):
    """A rule does not parse, or names an unknown column, word or tag."""


class RegistryError(YidangError):
    """A tag YAML is malformed."""


class CatalogueError(YidangError):
    """A service, bundle or document YAML is malformed."""


class ModelMismatch(YidangError):
    """Tags, model and catalogue were not made from the same versions."""


class TraceUnknown(YidangError):
    """No list that is kept has that trace."""


class TableMissing(YidangError):
    """A job needs a table that an earlier job has not written."""


class TableCorrupt(YidangError):
    """A table's manifest and its files disagree."""


class StoreUnavailable(YidangError):
    """The serving store does not answer."""


class AuditBroken(YidangError):
    """The chain of who read what was tampered with."""


class CaseFault(YidangError):
    """What somebody wants to do with a case of help cannot be done with it now."""


class FeedbackUnreadable(YidangError):
    """An entry of the feedback stream is not what this release writes; it is set aside with this reason."""


class KeyReused(YidangError):
    """A request repeats the key of another request with another content."""


class TooManyDrafts(YidangError):
    """A subject keeps as many half-filled forms as it may."""


class SettingsError(YidangError):
    """A setting is missing or makes no sense."""


class MissingExtra(YidangError):
    """What was asked for needs a library that is not installed."""


class DataUnfit(YidangError):
    """Data to measure on are not in the form that was expected: a column, a value or every row is missing or wrong."""
