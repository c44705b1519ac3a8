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
ORDINARY = KNOWN | frozenset(
    """
        able above across actual afraid after afterwards again against ago agree agreed agrees all almost alone
        along already also although always am among and angry another answer answers any anybody anyone anything
        anyway anywhere apart apparently appear appeared appears appreciated apprentice are argue argued around
        arrive arrived arrives as ask asked asking asks assessment ate audit auditor auditors authorities
        authority awake away back background bad barely basically be became because become becomes been before
        began begin beginning begins begun behind being believe believed believes below beside besides best
        better between beyond big bigger bit board bonus boring both bottom break brief bright bring bringing
        brings brought buddy budget building bunch busy but buy bye call called calls calm came can care cared
        cares carry case cases certain certainly change changed changes cheers chief child children choose chose
        chosen city claim claimed claims clean clear client clients clock closed coffee coffees colleague
        colleagues come comes coming common compare complete complicated concerned context contract control copy
        corner cost costs could country couple curious current curve curves customer customers dare dark darling
        date dates day days decide decided definitely delivery department depend depends desk detail details did
        different difficult dinner directly director dirty disagree discuss discussed do doctor does doing done
        door double doubt doubts downstairs dozen drank dream drink drinks drive drives drove during duties duty
        each ear early ears easy eat eats either else empty end enough entire equal error errors even eventually
        ever every everybody everyone everything everywhere exact exactly example examples expect expected
        expects explain eye eyes face fact facts fairly false family far fast feel feeling feelings feels feet
        felt few fewer figure figures file files fill filled fills finally find finding finds fine finish
        finished finishes folder folks follow followed follows foot forget forgets forgot forgotten form former
        forms found frankly free fresh friday friend friends front full funny fuss future gave general gentlemen
        get gets getting gist give given gives giving glad go goes going gone good got gotten graph graphs
        grateful great guess guest guests guys had hair half hall hand handing hands happen happened happens
        happy hard hardly has have having head heads hear heard hearing hears heart heavy hello help helped
        helping helps hence here hey hi hold holiday honest honestly hope hoped hopefully hopes hoping hour
        hours how however huge hunch hurry idea ideas if ill imagine important impossible impression incident
        initially inside inspector inspectors instance instead interested interesting investigation invoice is
        job jobs joke just keep keeping keeps kept kid kids kind knew know knowing known knows laboratory ladies
        lads large late lately later latter lead leader least leave leaves leaving left less let lets letting
        lie light like line lines list listen lists literally little long look looked looking looks lose loses
        losing lost loud luckily lunch madam made maintenance make makes making man management many mate mates
        matter mattered matters may maybe meantime meanwhile meet meeting meets men mention mentioned mentioning
        mentions mess met middle might mind minute minutes mistake mistakes moment moments monday month months
        more morning most mostly much must name named narrow near nearly necessary need neighbor neighbour
        neither nervous never new next nice no nobody noise none nor nose not note notes nothing notice noticed
        nowadays nowhere number numbers nutshell obliged obviously odd office often ok okay old once one ones
        only open opinion opinions or order orders originally other otherwise ought outside over overview own
        page pages paid paper papers part particular passing past paste patient pause pay pays people period
        person picture pictures pile place places plan planned planning plans please point points polite
        possible precise precisely prefer preferred prepare prepared present presentation presumably pretty
        previous print probably production promise promised promises protocol purpose purposes put puts putting
        quality quarter question questions quick quiet quite ran rare rather read reading reads ready real
        realise realize really reason reasons receive received recent recently record records relaxed remember
        remembers rest review right room rough roughly rumor rumour run running runs rush sad safety said sake
        same sat saturday save saved saves saw say saying says screen search second seconds see seeing seem
        seemed seems seen sees seldom sell send sends sense sent sentence seriously several shall sharp sheet
        shift shifts short should show showed showing shown shows shut sick side sign signed signs similar
        simple simply since single sir sit sits sitting sleep sleeps slept slides slow small smaller smell
        smooth so soft some somebody someone something sometimes somewhere soon sooner sorry sort sorts speak
        speaking speaks special spend spent spoke spoken stack stand standing stands start station stay stayed
        stays still stood stories story straight strange student stuff such summary sunday supplier suppose sure
        suspicion table take taken takes taking talk talked talking talks tall target targets task tasks taste
        tell telling tells than thank thanks that then there therefore these thick thin thing things think
        thinking thinks this those though thought through thursday thus time times tiny tired today together
        told tomorrow tonight too took top touch toward towards town trainee tried tries trouble true truly
        trust truth try trying tuesday turn turned turns twice type types unable under understand understood
        unfortunately unless unlike until upon upstairs use used useful useless uses using usual usually
        vacation version very view views visit visited visitor visitors visits wait waited waiting waits wake
        walk walked walks want wanted wanting wants was watch watched watches watching way ways wednesday week
        weekend weeks welcome went were what when where whereas whether which while who whole whom whose why
        wide will willing wish wished wishes within without woke woman women wonder wondered wondering wonders
        word words work worker workers works workshop world worried worries worry worse worst would write writes
        writing written wrong wrote year years yes yesterday yet young
    """.split()  # noqa: SIM905 - a list of words
)
"""Words that are no part of a name that the plant does not have."""
