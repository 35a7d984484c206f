### What the project says of losses. Each sentence is checked by a race (assets/claims/claims.json) and has no number in it: those are measured.

## The numbers beside a sentence

# $what is one of the next three.
claim-evidence = { $what }: { $loss } { $value }, { $other } { $than }; { $difference }
claim-by-area = mean { $measure } over the race
claim-by-end = { $measure } at the end
claim-by-steps = steps to { $measure } { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) }
claim-shown = shown, { $tested }
claim-equal = equal within ± { NUMBER($margin, maximumFractionDigits: 2) }, { $tested }
claim-not-shown = no difference shown, { $tested }
claim-one-seed = one seed is not enough

claims-claim = Claim
claims-measured = Measured
claims-id = Identifier

## Under the curves of a race that is over

next-title = Where to go on
next-found = What repeated races found here
next-over-seeds = ({ $seeds } seeds)
next-over-draws = ({ $draws } tunings, { $seeds } seeds each)
next-fair = The same race with other settings:
next-elsewhere = Elsewhere:
