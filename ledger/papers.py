"""The texts that candidates, advisors and officers sign: an event names the text, whose version never changes.

A changed text is a new version beside the old one, which stays as it was signed.
"""

from ledger.words import Words

PAPERS: dict[str, Words] = {
    "declaration/v1": Words(
        "I apply for the workshop and for the certification that this application names. What I state in it is "
        "true and complete. I know the requirements of the certification scheme and will follow its rules. I will "
        "give whatever is needed to assess me, and say so if anything that I stated changes. I know how my "
        "personal data are used and that I may appeal against a decision.",
        "Je présente ma candidature à l’atelier et à la certification que ce dossier désigne. Ce que j’y indique "
        "est exact et complet. Je connais les exigences du programme de certification et j’en respecterai les "
        "règles. Je fournirai tout ce qui est nécessaire à mon évaluation et signalerai tout changement de ma "
        "situation. Je sais comment mes données personnelles sont utilisées et que je peux former un recours "
        "contre une décision.",
    ),
    "code-of-conduct/v1": Words(
        "I will act with integrity and impartiality. I will keep confidential what I learn in the workshop and in "
        "missions. I will neither give nor take forbidden aid, and neither copy nor disclose material of the "
        "assessment. I will use the certificate and the mark only as the scheme allows, and claim nothing beyond "
        "the scope that was certified. If the certification is suspended or withdrawn, I will stop using them. I "
        "will take part in reviews of my certification.",
        "J’agirai avec intégrité et impartialité. Je garderai confidentiel ce que j’apprends au cours de "
        "l’atelier et des missions. Je ne fournirai ni n’accepterai d’aide interdite, et je ne copierai ni ne "
        "divulguerai aucun document d’évaluation. Je n’utiliserai le certificat et la marque que dans les "
        "conditions du programme, et ne revendiquerai rien au-delà de la portée certifiée. En cas de suspension "
        "ou de retrait, je cesserai de les utiliser. Je participerai aux réexamens de ma certification.",
    ),
    "interests/v1": Words(
        "I state every tie that I have to somebody who selects, trains, assesses or decides in this workshop, or "
        "who funds it: a common administration, a hierarchical or family relation, an earlier training, or "
        "another interest. If there is none, I state that there is none.",
        "J’indique tout lien avec une personne qui sélectionne, forme, évalue ou décide dans cet atelier, ou qui "
        "le finance : administration commune, lien hiérarchique ou familial, formation antérieure ou autre "
        "intérêt. En l’absence de lien, je le déclare.",
    ),
    "impartiality/v1": Words(
        "I will act impartially in every task of the certification body, whatever the nationality, administration, "
        "rank or funding of those concerned. I will declare without delay every tie that I have, or come to have, to "
        "a person or an administration on whose case I could act, and will not act in that case. I will accept no "
        "advantage and yield to no pressure, and will report every risk to impartiality of which I learn. I will keep "
        "confidential, also after my task ends, what I learn about people and about material of the assessment, and "
        "will use it for nothing else. This undertaking counts for one year.",
        "J’agirai avec impartialité dans toutes les tâches de l’organisme de certification, quels que soient la "
        "nationalité, l’administration, le rang ou le financement des personnes concernées. Je déclarerai sans délai "
        "tout lien, actuel ou à venir, avec une personne ou une administration dont le dossier pourrait m’être confié, "
        "et je m’abstiendrai d’agir dans ce dossier. Je n’accepterai aucun avantage, ne céderai à aucune pression et "
        "signalerai tout risque pour l’impartialité dont j’aurai connaissance. Je garderai confidentiel, même après la "
        "fin de mes fonctions, ce que j’apprends sur les personnes et sur les documents d’évaluation, et n’en ferai "
        "aucun autre usage. Cet engagement vaut pour un an.",
    ),
    "ai-notice/v1": Words(
        "I was informed for what artificial intelligence is used in this workshop, with which model, on which "
        "data, and who checks its results. I know that it decides nothing: people select, assess and decide, and "
        "sign what they decide. I may ask a person to explain a result, and appeal against a decision.",
        "J’ai pris connaissance des emplois de l’intelligence artificielle dans cet atelier, du modèle utilisé, "
        "des données concernées et de la personne qui en vérifie les résultats. Je sais qu’elle ne décide de rien :"
        " la sélection, l’évaluation et la décision sont le fait de personnes, qui signent ce qu’elles décident. "
        "Je peux demander à une personne d’expliquer un résultat, et former un recours contre une décision.",
    ),
    "collaboration-pledge/v1": Words(
        "I pledge my continued collaboration with the programme. If my administration releases me, I will go on "
        "missions in the domains and languages that are recorded for me, prepare them, and file a report on each. I "
        "will keep my knowledge up to date, share what I learn with other advisors and with my own administration, "
        "and say at once if my availability changes or if I have an interest in a mission. I know that this pledge "
        "gives no right to a mission, and that my certification does not depend on it.",
        "Je m’engage à poursuivre ma collaboration avec le programme. Si mon administration me met à disposition, je "
        "partirai en mission dans les domaines et les langues consignés pour moi, je préparerai chaque mission et "
        "déposerai un rapport. Je tiendrai mes connaissances à jour, je partagerai ce que j’apprends avec les autres "
        "conseillers et avec mon administration, et je signalerai sans délai tout changement de ma disponibilité ou "
        "tout intérêt dans une mission. Je sais que cet engagement ne donne droit à aucune mission et que ma "
        "certification n’en dépend pas.",
    ),
}
"""By the name of the text that an event states."""
