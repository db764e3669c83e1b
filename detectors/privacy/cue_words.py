"""Words that announce personal data or secrets, in the languages Tidewatch meets most.

A text is only looked at closely around such words, so each must be one whole word, lower-case.
"""

from typing import Final

from detectors.privacy.word_list import words

NAME_CUES: Final = words(
    """
name named names surname nombre nom nome naam imię nazwisko namn vorname nachname apellido apellidos
prénom cognome sobrenome heiße heisse llamo chiamo chamo appelle mr mrs ms miss mister dr prof
professor sir madam herr herrn frau monsieur madame mme señor señora sr sra signor signora senhor
senhora dear hi hello hey hallo liebe lieber bonjour hola caro cara olá ciao sincerely regards
cheers best thanks grüße grüßen cordialement saludos am m signed contact attn attention patient client customer
beneficiary guardian
"""
)

ROLE_CUES: Final = words(
    """
ceo cto cfo director actor actress singer songwriter author writer novelist president minister
senator judge detective officer captain nurse teacher coach guitarist drummer founder chairman
chairwoman manager secretary spokesman spokeswoman journalist says said starring directed written
signed sung composed produced reported prepared reviewed approved
"""
)
"""What people are or do, right before their names."""

TOLD_WORDS: Final = words(
    """
is am i'm m was named me this it's it s behalf with to for from by ask met wife husband son daughter
friend boss brother sister mother father colleague manager doctor neighbour neighbor partner kid
child boyfriend girlfriend aunt uncle employee user author add and or said says told asked
"""
)

TELLING_WORDS: Final = words(
    """
is named me am m of contact contacted wife husband son daughter friend boss brother sister mother
father colleague manager doctor neighbour neighbor partner kid child boyfriend girlfriend aunt uncle
patient customer employee client mr mrs ms miss dr prof herr frau dear hi hello hey
and or und et y e
"""
)
"""Last words of all that makes a name of what is also a word, see :mod:`detectors.privacy.persons`:
those that announce it beyond doubt, and those of lists."""

DONE_WORDS: Final = words(
    """
said says told asked replied answered lives lived works worked wrote called emailed phoned texted
married shouted whispered s and or und et
"""
)
"""What follows a name: people do it, it is theirs, or another name comes."""

BIRTH_CUES: Final = words(
    """
born birth birthday birthdate birthdays dob geboren geburtsdatum geburtstag geb né née naissance
nacido nacida nacimiento nato nata nascita nascido nascida nascimento geboortedatum urodzony
urodzona urodzenia födelsedatum fødselsdato b
"""
)

STREET_TYPES: Final = words(
    """
street st avenue ave road rd lane ln drive dr boulevard blvd court ct way terrace ter place pl
square sq crescent cres close highway hwy parkway pkwy circle cir alley grove mews row trail loop
gardens rise walk wharf quay turnpike expressway trace
"""
)

USPS_TYPES: Final = words(
    """
bayou bend bluff bluffs branch brook brooks burg burgs bypass canyon cape causeway cliff cliffs
commons corner corners cove coves creek crest crossing crossroad curve dale dam divide estate
estates extension extensions fall falls ferry fields flats ford fords forest forge forges fork
forks fort freeway garden gateway glen glens greens groves harbor harbors haven heights hill
hills hollow inlet island islands isle junction junctions knoll knolls lake lakes land landing
loaf locks manor manors meadow meadows mill mills mission motorway mount mountain mountains neck
orchard oval overpass parkways passage path pike pine pines plains port ports prairie radial
ramp rapid rapids ridge ridges river roads shoal shoals shore shores skyway spring springs
spur spurs squares stravenue stream streets summit throughway track trafficway tunnel underpass
valley valleys viaduct views village villages ville vista walks ways wells
"""
)
"""Types of streets of the US Postal Service (Publication 28) that are other words as well."""

STREET_WORDS: Final = words(
    """
avenue boulevard court place plaza straße strasse str weg allee platz gasse ring damm ufer rue allée chemin impasse quai cours calle avenida
avda carrera paseo plaza camino via viale piazza corso vicolo largo rua travessa praça estrada
alameda rodovia ulica ul aleja straat laan plein gracht kade gata gatan vägen gate vej vejen gade
apo fpo dpo apt apartment suite unit box flat urbanización glorieta ronda acceso pasaje rambla travesía carretera contrada strada borgo piazzale
lungomare montée route sentier résidence bulevardul calea aleea intrarea șoseaua drumul út utca tér
körút sokak sok cad caddesi mahallesi bulvarı jl jalan gang aleje corner u
"""
)

STREET_ENDINGS: Final = words(
    """
straße strasse gasse platz allee damm ring ufer straat laan plein gracht gatan vägen vej gade veien
gata tie katu weg str stræde torget torg gränd stigen plads stien utca kuja polku väg pfad
steig markt hof veg vegen vegur braut bakken svingen terrasse singel dreef dijk tänav
"""
)

ADDRESS_CUES: Final = words(
    """
address addresses adresse anschrift dirección direccion domicilio indirizzo endereço adres lives located
zip postcode zipcode postal plz postleitzahl
live living wohne wohnt wohnhaft reside resides vive vivo habite abito moro
"""
)

SECRET_CUES: Final = words(
    """
password passwords passwd pwd passphrase passcode pass passwort kennwort contraseña senha wachtwoord
hasło lösenord passe secret secrets token tokens apikey key keys credential credentials bearer
authorization auth accesstoken accesskey secretkey clientsecret authtoken privatekey apitoken
secretaccesskey accountkey sharedaccesskey connectionstring cookie session sessionid pin otp cvv cvc
login code clave signature sig
"""
)

SECRET_ENDINGS: Final = words(
    """
password passwd passphrase passwort token secret apikey secretkey accesskey authkey privatekey pwd
"""
)
"""How names of secrets end that are written as one word in small letters."""

PROVIDERS: Final = words(
    """
adafruit adobe airtable algolia alibaba asana beamer bitbucket bittrex meraki cloudflare codecov
cohere coinbase confluent contentful datadog discord drone droneci dropbox etsy facebook fastly
finicity finnhub flickr freshbooks gitter gocardless heroku hubspot intercom jfrog artifactory kraken
kucoin launchdarkly linear linkedin lob looker mailchimp mailgun mapbox mattermost maxmind messagebird
netlify newrelic relic nytimes okta plaid rapidapi sendbird sendgrid sentry shopify sidekiq snyk
sonar sonarqube squarespace stripe sumo sumologic telegram travis twilio twitch twitter yandex zendesk
openai anthropic mistral groq pinecone weaviate deepgram elevenlabs replicate huggingface langsmith
jira confluence atlassian slack gitlab creds azure
"""
)

MARKERS: Final = words("atlasv mmk hooks webhooks webhookb curl q")

DOCUMENT_CUES: Final = words(
    """
passport passports reisepass pass passeport pasaporte passaporto passaporte paszport license licence
licenses licences driver drivers führerschein permis conducir patente carnet carteira habilitação
rijbewijs account konto kontonummer compte cuenta conto conta rekening routing aba acct
"""
)
