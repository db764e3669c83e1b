"""Frequent words of other languages that have a capital at times, and name nobody."""

from typing import Final

from detectors.privacy.word_list import words

OTHER_LANGUAGES: Final = frozenset(
    words(
        """
montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober
dezember der die das den dem des ein eine einen einem einer und oder aber nicht ist sind war waren hat
haben hatte wird werden wurde kann können muss müssen soll sollte darf möchte will ich du er sie es wir
ihr mich mir dich dir uns euch mein meine meinen meiner dein deine sein seine unser unsere wie was wer
wo wann warum welche welcher welches wenn dann weil dass mit von für auf aus bei nach über unter vor
zum zur beim vom ohne gegen bitte danke vielen guten gute schönen liebe lieber sehr hier dort heute
morgen gestern ja nein auch nur noch schon alle alles viel spaß grüße tag abend woche monat jahr zeit
uhr straße stadt land haus wohnung auto zug flug reise urlaub arbeit firma kunde kundin kollege kollegin
kollegen chef chefin mann frau kind kinder sohn tochter bruder schwester mutter vater eltern freund
freundin nachbar nachbarn arzt ärztin termin rechnung bestellung lieferung paket vertrag konto karte
geld preis kosten frage fragen antwort hilfe problem fehler anfrage angebot brief nummer adresse
telefon rechner drucker bildschirm kennwort datei ordner seite schule lehrer schüler student studentin
universität buch bücher text satz wort wörter sprache deutsch essen kaffee wasser brot fleisch gemüse
hund katze wetter sonne regen schnee sommer winter frühling herbst schmerzen rücken kopf herz blut
fieber medikament patient patientin krankenhaus versicherung steuer steuererklärung bank miete erkläre
schreibe nenne gib gibt erstelle übersetze beschreibe verwende
lundi mardi mercredi jeudi vendredi samedi dimanche janvier février avril juin juillet août septembre
octobre novembre décembre le les un une du des et ou mais est sont était avec pour dans sur sans sous
chez vers par que qui quoi dont où quand comment pourquoi combien quel quelle quels quelles je tu il
elle nous vous ils elles mon ma mes ton ta tes son sa ses notre votre leur ce cet cette ces bonjour
bonsoir merci salut madame monsieur cordialement bien très oui non voici voilà aujourd hier demain
peux pouvez veuillez donne donnez écris écrivez explique traduis
lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto
septiembre octubre noviembre diciembre el los las una unos unas y o pero es son está están era con para
en sobre sin por desde hasta entre que quien qué quién cuál cuándo cómo dónde cuánto yo tú él ella
nosotros ustedes ellos mi tu su mis tus sus nuestro este esta estos estas hola gracias buenos buenas
señor señora saludos estimado estimada querido querida sí hoy ayer mañana eres soy dame dime escribe
explica traduce crea haz muchas mucho cuando como donde porque
lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio aprile maggio giugno luglio
settembre ottobre dicembre il lo gli uno ed ma sono era con per nel nella sul sulla senza tra fra che
chi cosa dove come perché quanto quale io lui lei noi voi loro mio mia tuo tua suo sua nostro questo
questa ciao grazie buongiorno buonasera salve signore signora cordiali saluti gentile caro cara oggi
ieri domani scrivi spiega sei
segunda terça quarta quinta sexta janeiro fevereiro março maio junho julho setembro outubro novembro
dezembro os um uma uns umas mas são está era com em no na nos nas ao para sem até que quem onde como
quando porque qual eu você ele ela nós eles elas meu minha seu sua nosso este esta olá oi obrigado
obrigada bom boa senhor senhora prezado prezada caro sim não hoje ontem amanhã escreva explique crie
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart mei augustus het een
en of maar niet zijn was heeft met voor van naar bij zonder op aan uit over dat wat wie waar wanneer
waarom hoe ik jij hij zij wij jullie mijn jouw zijn haar ons onze deze dit hallo hoi dank bedankt graag
beste geachte groeten groetjes goedemorgen mevrouw meneer ja nee vandaag gisteren morgen schrijf
poniedziałek wtorek środa czwartek piątek sobota niedziela jestem jest są był była nie tak czy jak
gdzie kiedy dlaczego kto co ten ta to moja mój pan pani dzień dobry dziękuję proszę cześć witam
numer adres imię nazwisko hasło konto rachunek faktura zamówienie pozdrawiam szanowny szanowna dzisiaj jutro wczoraj napisz
måndag tisdag onsdag torsdag fredag lördag söndag och eller men inte är var har hade med för från till
utan hej tack snälla jag du han hon vi ni min mitt din ditt vad vem var när varför hur ja nej idag
mandag tirsdag lørdag søndag og ikke jeg er med fra uden hvad hvem hvor hvornår hvorfor tak venlig
hilsen hei takk hva hvem hvorfor maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai
minä sinä hän olen on ja tai mutta kiitos moi terve
pazartesi salı çarşamba perşembe cuma cumartesi pazar ve veya ama değil bir bu şu ben sen biz siz onlar
benim senin için ile gibi merhaba selam teşekkürler lütfen evet hayır bugün yarın dün nasıl neden nerede
"""
    )
)
