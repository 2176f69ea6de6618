"""Abbreviations whose full stop is part of the word: St., Mr., etc. (lower case here)."""

ALWAYS = frozenset("""
adj adm adv al ala apr ariz assn assoc asst aug ave bhd bldg blvd brig bros calif capt cf cmdr co col colo comdr
conn corp cpl ct dec dept det dr drs ens esq est etc ext feb fla fri ft ga gen gov hon inc ind insp intl invt jan jr
jul jun kan kans ky lt ltd maj mar md messrs mfg mich minn mlle mme mo mon mont mr mrs ms mt mtg natl neb nev nov
oct okla penn ph ph.d plc pres prof pte pty pvt rd rep reps rev sen sens sep sept sgt sq sr st supt tel tenn thu
thurs treas tue tues univ va vs vt wed wis wisc wyo
""".split())
"""Titles, streets, days and months without May, Sat. and Sun., states, companies: in any case."""

WITH_A_CAPITAL = frozenset("ark del ill la mass miss ore pa tex wash".split())
"""States that are words otherwise: Miss. keeps its stop, "an ill." does not."""

BEFORE_A_NUMBER = frozenset("art fig figs no nos op pp prop".split())
"""No. 5 keeps its stop, "it says no." does not."""
