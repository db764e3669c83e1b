"""Frequent words of seven languages with Latin letters, most of them grammar's own.

A word may stand in several lists: it then speaks for each of these languages, and decides none.
"""

from typing import Final

FUNCTION_WORDS: Final[dict[str, str]] = {
    "en": (
        "the and you that this these those with have been you're your yours which would could "
        "should might they their them there they're what what's when where why how who whose "
        "from into about some than then it's i'm i've don't doesn't didn't can't isn't he's "
        "that's let's its because through between while were being had does did our his she "
        "each such other another much very only both after before however therefore know think "
        "write give please following using used people first here here's sure create suggest "
        "generate describe explain summarize summarise imagine make tell compose provide "
        "rewrite words is are of to for on as at by be it or not can will any my we us he her "
        "if but do has may more need want help find get got am i in a an no so was me all out "
        "up also over just like new time day way work there's you'll we'll i'd won't we're "
        "every many most under again off too same own few without within until since though "
        "although whether look take come good long show show me play call set list name book "
        "change check"
    ),
    "de": (
        "der die das und ist nicht ein eine einen einem einer eines ich du er sie es wir ihr "
        "mein meine meinen meiner dein deine sein seine ihre ihren unser unsere mit von zu zum "
        "zur auf für im in an am aus bei nach über unter vor durch gegen ohne um wie was wer wo "
        "wann warum wenn dass weil oder aber auch noch nur schon sehr mehr als so sind war "
        "waren wird werden wurde hat habe haben hatte kann können muss müssen soll sollte "
        "möchte bitte sich den dem des kein keine diese dieser dieses alle man hier dort dann "
        "doch bis etwas ihnen mir mich uns euch gibt es's seit zwischen während damit sowie "
        "jedoch welche welcher welches"
    ),
    "es": (
        "el la los las un una unos unas de del y o que en es no se con por para como más pero "
        "su sus le lo al mi mis tu tus qué cuál cuándo dónde cómo quién este esta estos estas "
        "eso esto ese esa está están son fue ser hay muy también ya si sí cuando porque sobre "
        "entre hasta desde sin todo todos toda todas otro otra nos me te puede pueden puedo "
        "tiene tienen tengo hacer quiero necesito favor gracias donde según durante usted "
        "ustedes ha han he cada nuestro nuestra ella ellos a ante e"
    ),
    "fr": (
        "le la les un une des du de et est que qui dans en pour pas ne sur avec ce cette ces se "
        "au aux il elle ils elles nous vous je tu mon ma mes ton ta tes son sa ses notre votre "
        "leur leurs mais ou où donc si plus par sans sous comme quand comment pourquoi quel "
        "quelle quels sont était être avoir ont fait faire peut peux puis très aussi bien tout "
        "tous toute toutes entre après avant chez depuis encore même c'est qu'il qu'elle qu'est "
        "qu'un d'un d'une n'est j'ai n'a s'il l'on y a à été ai as êtes suis moi lui merci "
        "bonjour veuillez"
    ),
    "pt": (
        "o os a as um uma uns umas de do da dos das e ou que em no na nos nas é não se com por "
        "para como mais mas seu sua seus suas meu minha meus minhas qual quando onde quem este "
        "esta isto esse essa isso está estão são foi ser há muito também já sobre entre até "
        "desde sem todo todos toda todas outro outra me você vocês eu ele ela eles elas pode "
        "podem posso tem têm tenho fazer quero preciso obrigado obrigada ao à aos às pelo pela "
        "pelos pelas num numa depois antes então porque nós foram ter cada nosso nossa"
    ),
    "it": (
        "il lo la i gli le un uno una di del della dei degli delle e o che in è non si con per "
        "come più ma suo sua suoi mio mia miei tuo tua qual quale quando dove chi questo questa "
        "questi queste quello quella sono era essere c'è molto anche già su tra fra fino da dal "
        "dalla nel nella nei al alla ai sul sulla senza tutto tutti tutta altro altra mi ti ci "
        "vi può possono posso ha hanno ho fare vorrei grazie perché cosa cos'è dell'anno ed se "
        "così dopo prima dell po' ogni nostro nostra loro lei lui"
    ),
    "nl": (
        "de het een en van in is dat die niet te op aan met voor zijn er maar om hij ze zij ik "
        "je jij we wij jullie u mijn jouw uw haar hun ons onze dit deze wat wie waar wanneer "
        "waarom hoe als of ook nog al wel heeft heb hebben had was waren wordt worden werd kan "
        "kunnen moet moeten zal zullen wil willen naar uit bij door over na tot zonder tussen "
        "onder tegen geen meer zeer veel alle alles iets niets hier daar dan toch omdat maken "
        "doen graag bedankt"
    ),
}
"""Space-separated, by ISO 639 code."""
