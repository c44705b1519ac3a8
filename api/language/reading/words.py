"""Word lists of the grammar: plain English, none of any plant's own names."""

import re

FILLER = frozenset(
    """
    the of in at on to for from our its s into inside
    """.split()  # noqa: SIM905 - a list of words
)
"""Words inside a name that do not count: "pressure in the reactor" is "reactor pressure"."""

NOUNS = frozenset(
    """
    pressure temperature level flow feed valve setpoint power speed composition water steam bias concentration
    viscosity density humidity ph conductivity voltage vibration torque weight mass
    """.split()  # noqa: SIM905 - a list of words
)
"""What tags measure: a phrase with one of them asks for a tag, known or not."""

CODE = re.compile(
    r"\b(?!(?:i\.e|e\.g|a\.m|p\.m|a\.k\.a|e\.t\.c|vs\.?)\b)(?:[A-Z]{2,4}-?\d{2,4}(?:\.\w+)?|[a-z]+(?:[._][a-z0-9]+)+)\b",
    re.IGNORECASE,
)
"""Names as instruments carry them: FIC-101, pump_3.speed."""

KNOWN = (
    frozenset(
        """
        wat wht hapened happend nite nigth lst pls thx rn ppl hey
        a abnormal about above according action actions actual add adjust adjusted after again ago ahead alarm
        alarms alert alerts all also am an and annoying anomalies anomalous anomaly another any anybody anyone
        anything are around as ask assume assuming at average avg back be because been before began begin behave
        behaved behaving behavior behaviour being below best between big boost break bring brought bump but by calm
        can case cause caused causes causing celsius change changed changes changing chart check clear close come
        coming compare compared correct could critical currently curve cut current cutting data day days decrease
        decreased decreasing deg degree degrees describe deviate deviation did differ different display do does
        doing done double doubled doubling down draw drop dropped dropping drops during each earlier early effect
        effects else end engineer estimate evening event events ever every everything exactly exceed exceeded expect
        expected explain explanation extreme factory fall fallen falling fault faults fell find fine first fluctuate
        for forecast found friday from further future gave get getting give given go goes going gone good got graph
        had half halve halved halving happen happened happening happens happy hard has have having he heavy held
        hello help her here hi high higher highest his history hold hour hour's hours how idea if imagine impact in
        incident incidents increase increased increases increasing influence instead interesting into irregular is
        issue issues it its just keep kept know last late later least leave left less let level like likely limit
        limits list little log logged long look looked looking looks lot low lower lowered lowering lowest made main
        make making many max maximal maximum me mean meant median meet mid min minimal minimum minute minutes model
        moment monday monitor month more morning most move moved moves moving much must my near need never new next
        nice night no noise normal normally not nothing notice noticed now number occur occurred odd of off ok okay
        on one ones only open opened operate operating operator operators or order other ought our out outside over
        overall overnight overview own part pass passed past pattern peak per percent perhaps period plant please
        plot point points possible predict predicted prediction present previous probable problem problems process
        put putting question quick quickly quiet raise raised raises raising range rather reach reached read reading
        real reason reasons recent recently reduce reduced reduces reducing reduction regarding related relative
        remain remained report reset respond response rest result return review right rise risen rises rising rose
        run running runs safe said same saturday saw say scenario second see seem seems seen set sets setting settle
        shift shifts should show showed shown shut sigma significant simulate simulation since situation small so
        some somebody someone something soon spike spikes stable stand standard start started state statistics stats
        status stay stayed std steady step still stop stopped strange such suddenly summarise summarize summary
        sunday suppose sure suspicious swing swings take taken tell than thank thanks that the their them then there
        these they thing things think this those though throttle through throughout thursday till time times to
        today together told tomorrow tonight too took top total trend trending trends tried trip trouble true try
        tuesday turn turned turning twice type typical under understand undo unexpected unit unplanned until unusual
        up upset upsets us use used usual value values variance varied vary very view want was watch way we
        wednesday week weird well went were what when where whether which while who whole whose why will with within
        without wondering work worked worry would wrong yes yesterday yet you your lever levers knob knobs handle
        handles tally figure figures gauge feel fell felt crew colleague colleagues manager meeting boss slides
        report reports entry entries note notes wrote written write writing asked asking trial trials steady
        steadily upwards downwards crept creep sink sank slope smallest biggest largest greatest highest lowest
        extremes spread mark sum pull push bump dip dips bumped wander settle settled prediction forecast outlook
        advice recommend suggest propose ideas idea story matter behind origin source culprit blame trouble concerns
        worry worried fine calm quiet eventful boring loud noisy clean dirty broken repair repaired replaced filter
        leak leaking ticket maintenance handover logbook book journal diary remark remarks comment comments message
        messages email mail phone boss customer lab sample samples feature features plants
        """.split()  # noqa: SIM905 - a list of words
    )
    - NOUNS
)
"""Ordinary words that are no typing errors of a tag's name."""
