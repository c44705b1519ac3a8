"""Paraphrases written down before the grammar's rules were: the share it reads right is measured, not tuned.

Each line: question | intent | tags | moves | time. Asked on Sunday 2026-11-22 at 10:15 in Berlin. Times are the start
and end of the window, or an instant, on the plant's clock; "-" means none is checked.
"""

BLIND = """
Morning! Did anything weird go on while I was asleep last night? | events | - | - | 21T22:00 22T06:00
Was the night shift calm? | events | - | - | 21T22:00 22T06:00
Give me a rundown of the anomalies since midnight | events | - | - | 22T00:00 22T10:15
Any trouble with the separator yesterday? | events | - | - | 21T00:00 22T00:00
Anything I should know about from the late shift yesterday? | events | - | - | 21T14:00 21T22:00
Has the reactor misbehaved in the past 12 hours? | events | - | - | 21T22:15 22T10:15
List all deviations between 01:00 and 05:00 | events | - | - | 22T01:00 22T05:00
Which faults did you spot overnight? | events | - | - | 21T22:00 22T06:00
What's the root cause of the latest event? | explain | - | - | -
Walk me through the second anomaly of last night | explain | - | - | 21T22:00 22T06:00
How come the reactor pressure went up around 03:00? | explain | reactor_pressure | - | 22T03:00
Which sensor moved first in the last event? | explain | - | - | -
What made the separator level jump last night? | explain | separator_level | - | 21T22:00 22T06:00
mean reactor pressure during the night shift please | describe:mean | reactor_pressure | - | 21T22:00 22T06:00
How high did the reactor temperature get yesterday? | describe:max | reactor_temperature | - | 21T00:00 22T00:00
What was the lowest stripper level in the last 6 hours? | describe:min | stripper_level | - | 22T04:15 22T10:15
Where is the separator level at the moment? | describe:now | separator_level | - | -
Plot compressor power for the past two days | describe:trend | compressor_work | - | 20T10:15 22T10:15
What did the A feed read at 04:30? | describe:at | feed_a_flow | - | 22T04:30
Did the reactor pressure ever exceed 2850 kPa last night? | describe:max | reactor_pressure | - | 21T22:00 22T06:00
Typical purge rate this morning? | describe:mean | purge_flow | - | 22T06:00 22T10:15
Are we running okay? | status | - | - | -
Quick health check of the plant please | status | - | - | -
Who touched the setpoints yesterday? | moves | - | - | 21T00:00 22T00:00
Which knobs did the operators turn during the last shift? | moves | - | - | 21T22:00 22T06:00
Has anybody changed the reactor level setpoint today? | moves | sp.reactor_level | - | 22T00:00 22T10:15
Suppose the A feed had been trimmed by 10 percent at two in the morning - where would reactor pressure have ended up? | what_if | reactor_pressure | bias.a_feed times 0.9 | -
If I bump the reactor pressure setpoint up 40 kPa now, what does the compressor do? | what_if | - | sp.reactor_pressure by 40 kPa | -
What does a 10 % reduction of the A feed do to the purge rate? | what_if | purge_flow | bias.a_feed times 0.9 | -
How would the separator level respond to lowering the separator level setpoint by 5 points? | what_if | separator_level | sp.separator_level by -5 | -
Simulate the agitator at 70 % for the next 6 hours | what_if | - | mv.agitator to 70 % | -
What happens if we drop the reactor temperature setpoint to 119 degC? | what_if | - | sp.reactor_temperature to 119 degC | -
Would a 1 degC higher reactor temperature setpoint have helped at 23:00 last night? | what_if | - | sp.reactor_temperature by 1 degC | 21T23:00
had we raised production to 24 m3/h at midnight, how would the stripper level look | what_if | stripper_level | sp.production_rate to 24 m3/h | 22T00:00
And with 5 % more A feed from 03:00 on? | what_if | - | bias.a_feed times 1.05 | 22T03:00
Where will reactor pressure be in 3 hours? | forecast | reactor_pressure | - | -
Is the stripper level going to hit a limit in the next 8 hours? | forecast | stripper_level | - | -
What's your prediction for product G for the rest of the shift? | forecast | product_g | - | -
Can you explain what XMEAS 7 is? | about | reactor_pressure | - | -
Which levers can I pull? | about | - | - | -
What are the limits of the reactor pressure? | about | reactor_pressure | - | -
What are you able to answer? | help | - | - | -
What's the weather tomorrow? | none | - | - | -
Write me a poem about distillation | none | - | - | -
"""
