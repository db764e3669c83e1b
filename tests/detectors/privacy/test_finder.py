"""Every kind: what is found, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.privacy.finder import find
from detectors.privacy.kinds import Kind
from detectors.text.buffer import buffer_of

EXAMPLES = {
    Kind.SECRET: [
        ("use sk-proj-a8Kd93hfLq02mZx7Tt5Rw1Yb now", "sk-proj-a8Kd93hfLq02mZx7Tt5Rw1Yb"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("xoxb-123456789012-123456789012-AbCdEfGhIjKlMnOpQrStUvWx",) * 2,
        ("passwort: Sonne!2024", "Sonne!2024"),
        ('"client_secret": "9f8a7b6c5d4e3f2a1b0c"', "9f8a7b6c5d4e3f2a1b0c"),
        ("Authorization: Bearer abcdef1234567890ABCDEFxyz", "abcdef1234567890ABCDEFxyz"),
        ("mysql://root:t0psecret@db/x", "root:t0psecret"),
        ("your security code: 483920", "483920"),
        ('{"adafruitApiKey": "8pfqbt2m9h0x1g66oa2f3x"}', "8pfqbt2m9h0x1g66oa2f3x"),
        ("dbpassword=Winter!2031x", "Winter!2031x"),
        ("datadog = 'b8c29ea71929553ffd1909cc6be4ab69'", "b8c29ea71929553ffd1909cc6be4ab69"),
        ("post to https://hooks.slack.com/services/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",
         "T00A1B2C3/B00D4E5F6/aBcD1234eFgH5678iJkL9012"),
        ("curl -u ann:s3cr3t-w0rd https://x.example", "ann:s3cr3t-w0rd"),
        ("deploy --api-token 9f8a7b6c5d4e3f2a1b0c", "9f8a7b6c5d4e3f2a1b0c"),
        ('<add key="Password" value="Gl1tter#Moss" />', "Gl1tter#Moss"),
        ("GET /x?token=9f8a7b6c5d4e3f2a1b0c&page=2", "9f8a7b6c5d4e3f2a1b0c"),
        ('password = "letmeinplease"', "letmeinplease"),
        ("Mein Passwort ist Hund1234!", "Hund1234!"),
        ("mot de passe : Soleil2023!", "Soleil2023!"),
        ("la mia password è Gatto2024!", "Gatto2024!"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZHM=", "dXNlcjpwYXNzd29yZHM="),
        ("MTE2MzkxMjM0NTY3ODkwMTIz.GxAbCd.Qx7v9Kp2mZr4Ts6Wy8Bn1Cd3Ef5Gh",) * 2,
    ],
    Kind.CARD: [
        ("pay 4242424242424242", "4242424242424242"),
        ("amex 3782 822463 10005", "3782 822463 10005"),
        ("5555 5555 5555 4444", "5555 5555 5555 4444"),
        ("declined: 213141259265359", ""),
        ("jcb 3530 1113 3330 0000", "3530 1113 3330 0000"),
        ("maestro 6759 6498 2643 8453", "6759 6498 2643 8453"),
        ("4222222222222 twice", "4222222222222"),
        ("diners 3056-930902-5904", "3056-930902-5904"),
        ("my card 4111 1111 1111 1112", "4111 1111 1111 1112"),
    ],
    Kind.IBAN: [
        ("GB29 NWBK 6016 1331 9268 19 is it", "GB29 NWBK 6016 1331 9268 19"),
        ("fr1420041010050500013m02606", "fr1420041010050500013m02606"),
    ],
    Kind.BANK_ACCOUNT: [("bank account number 12345678", "12345678")],
    Kind.NATIONAL_ID: [
        ("SSN: 078-05-1120 or 219-09-9999", "219-09-9999"),
        ("social security number 219099999", "219099999"),
        ("my NINO is AB 12 34 56 C", "AB 12 34 56 C"),
        ("NHS number 943 476 5919", "943 476 5919"),
        ("Steuer-ID 36 574 261 809", "36 574 261 809"),
        ("DNI 54362315K", "54362315K"),
        ("X2482300W", "X2482300W"),
        ("CPF 390.533.447-05", "390.533.447-05"),
        ("BSN 111222333", "111222333"),
        ("PESEL 44051401359", "44051401359"),
        ("codice fiscale RSSMRA85T10A562S", "RSSMRA85T10A562S"),
        ("aadhaar 2341 2341 2346", "2341 2341 2346"),
        ("PAN ACUPA7085R", "ACUPA7085R"),
        ("131052-308T", "131052-308T"),
        ("S1234567D", "S1234567D"),
        ("personal number: ZZ 639389 T", "ZZ 639389 T"),
        ("tax id 61407945726 on file", "61407945726"),
        ("11010519491231002X", "11010519491231002X"),
        ("RUT 12.345.670-K", "12.345.670-K"),
        ("rijksregisternummer 85.07.30-033 28", "85.07.30-033 28"),
        ("CUIT 20-05536168-2", "20-05536168-2"),
        ("RFC GODE561231GR8", "GODE561231GR8"),
        ("SIN 046 454 286", "046 454 286"),
        ("SVNR 1237 010180", "1237 010180"),
    ],
    Kind.PASSPORT: [("Passport no. C01234567", "C01234567")],
    Kind.DRIVING_LICENCE: [("driver's license number D1234567", "D1234567")],
    Kind.CRYPTO_WALLET: [
        ("send to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        ("0x52908400098527886E0F7030069857D2E4169EE7",) * 2,
    ],
    Kind.DATE_OF_BIRTH: [
        ("geboren am 3.5.1980 in", "3.5.1980"),
        ("DOB: 1980-05-03", "1980-05-03"),
        ("née le 3 mai 1980", ""),
        ("d.o.b. 26-Nov-1974", "26-Nov-1974"),
        ("birthDate: '03-May-1958'", "03-May-1958"),
    ],
    Kind.ADDRESS: [
        ('he lives at "21 Jump Street" now', "21 Jump Street"),
        ("at 10 Downing Street, London SW1A 2AA", "10 Downing Street, London SW1A 2AA"),
        ("Hauptstraße 12, 10115 Berlin", "Hauptstraße 12, 10115 Berlin"),
        ("12 rue de la Paix, 75002 Paris", "12 rue de la Paix, 75002 Paris"),
        ("P.O. Box 4711", "P.O. Box 4711"),
        ("it is 4821 Karen Hills, Ely, OH 44101", "4821 Karen Hills, Ely, OH 44101"),
        ("USNS Lopez\nFPO AP 93757", "USNS Lopez\nFPO AP 93757"),
        ("12 Elm Street\n> Unit 7\n> Ely\n> Ohio 45402",) * 2,
        ("My postcode is SW1A 2AA.", "SW1A 2AA"),
        ("ul. Powstańców Śląskich 54/15 in", "ul. Powstańców Śląskich 54/15"),
        ("Heintzestr. 3 is", "Heintzestr. 3"),
        ("at Váci utca 12, 1052 Budapest", "Váci utca 12, 1052 Budapest"),
        ("to Remetska 58, 851 01 Bratislava", "Remetska 58, 851 01 Bratislava"),
        ("Vinogradska 89, 83104 Komiža is", "Vinogradska 89, 83104 Komiža"),
        ("plac Norwida 476, 73-459 Brzeg", "plac Norwida 476, 73-459 Brzeg"),
        ("Suite 4, 447 Davies Brooks, Hull, L79 9RX", "Suite 4, 447 Davies Brooks, Hull, L79 9RX"),
        ("at 489 Moore Roads, Robinton, YT L7H6Y1", "489 Moore Roads, Robinton, YT L7H6Y1"),
        ("97626 Stacey Bypass, Southam, WV 57229", "97626 Stacey Bypass, Southam, WV 57229"),
        ("Drumul Nemeș 4, Huedin, 581577", "Drumul Nemeș 4, Huedin, 581577"),
        ("at Hlíðarvegur 25, Kópavogur, Iceland now", "Hlíðarvegur 25, Kópavogur, Iceland"),
        ("Industrivej 82\n Suite 3\n Odense\n Denmark",) * 2,
        ("to 58 Machiton Scholis, Unit 4, Graz, Austria 8010",
         "58 Machiton Scholis, Unit 4, Graz, Austria 8010"),
        ("Remetska 58, Bratislava, Slovakia",) * 2,
        ("at the corner of Bygget 64 and Komel Club", "the corner of Bygget 64 and Komel Club"),
        ("78 Victor Hugo u. 97.", "Victor Hugo u. 97"),
    ],
    Kind.PHONE: [
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("call 030/1234567", "030/1234567"),
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("(212) 555-0199 ext. 12", "(212) 555-0199 ext. 12"),
        ("my phone is 5550199", "5550199"),
        ("我的手机号是13812345678", "13812345678"),
        ("Мой телефон 8 912 345-67-89", "8 912 345-67-89"),
        ("电话+8613812345678", "+8613812345678"),
    ],
    Kind.EMAIL: [
        ("<ann.o'neil@mail.example>", "ann.o'neil@mail.example"),
        ("jörg@müller.de", "jörg@müller.de"),
        ("ann (at) example (dot) org", "ann (at) example (dot) org"),
    ],
    Kind.IP: [
        ("client 203.0.113.77 said", "203.0.113.77"),
        ("ssh root@203.0.113.77", "203.0.113.77"),
        ("2001:db8:1:2:3:4:5:6:5432 refused", "2001:db8:1:2:3:4:5:6"),
        ("2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::8a2e:370:7334"),
    ],
    Kind.MAC: [("00-1A-2B-3C-4D-5E", "00-1A-2B-3C-4D-5E"), ("aa:bb:cc:01:02:03",) * 2],
    Kind.PERSON: [
        ("My name is Rubija Kovač.", "Rubija Kovač"),
        ("Dear Mr. Okafor,", "Okafor"),
        ("Best regards,\nCarla Rossi", "Carla Rossi"),
        ("we met Ludwig van Beethoven", "Ludwig van Beethoven"),
        ("assigned to Kacper Rapa today", "Kacper Rapa"),
        ("They are Stephanie, Matthew and Agnieszka.", "Matthew"),
        ("They are Stephanie, Matthew and Agnieszka.", "Agnieszka"),
        ("I found Stephanie's address", "Stephanie"),
        ("Thanks to Stephanie, it works", "Stephanie"),
        ('"last_name": "Bakker"', "Bakker"),
        ("<name>Li Wei</name>", "Li Wei"),
        ("Best,\nTom", "Tom"),
        ("Prof. Dr. Hans-Jürgen Müller", "Hans-Jürgen Müller"),
        ("novels by J. K. Lopez", "J. K. Lopez"),
        ("Ana Kreutzmann left. Kreutzmann was tired.", "Kreutzmann"),
        ("it was directed by Maciej Borkowski", "Maciej Borkowski"),
    ],
}  # fmt: skip

LOOKALIKES = [
    "order 4111111111111112 of 12345678901234",
    "order number 12345678901",
    "tracking 1Z9999999999999999",
    "uuid 550e8400-e29b-41d4-a716-446655440000",
    "sha da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "md5 d41d8cd98f00b204e9800998ecf8427e",
    "2026-01-03T12:46:07Z ERROR pod-97 request=661723 took 261ms",
    "version 10.2.33.4 and v1.2.3.4",
    "ISBN 978-3-16-148410-0",
    "$1,234,567.89 or 1.234.567,89 €",
    "on 2026-03-01 10:15:00, 01/02/2024 and 1999-2004",
    "epoch 1700000000 and 1700000000123",
    "loss 0.019869125872",
    '{"score": 0.5354661676235088, "loss": 12.22010297044634552}, [0.38166557505640564]',
    "std::vector<std::string> x; a::b; 10:15:00",
    "127.0.0.1 and 0.0.0.0 and ::1",
    "import foo@1.2.3 from image@2x.png",
    "password: your_password_here, token: ${TOKEN}, api_key: <API_KEY>",
    "How do I reset my password? The password is too short.",
    "token count: 4096, key: value, secret: the oven",
    "The court of 12 members will drive up the street",
    "May will mark the place; Paris is in France; hope and joy in June",
    "Dear Customer, hi there, dear Sir",
    "He was born a leader of 35 people",
    "my driver has 3 license plates",
    "GB00 0000 0000 0000 and DE12 apples",
    "0x1234 and 0xdeadbeef",
    "lat 52.520008, lon 13.404954",
    "-----BEGIN PUBLIC KEY-----",
    "credential = DefaultAzureCredential() and tokens = tokenizer.encode_plus(text)",
    "**Password Manager**: use one; **Password Security:** be careful",
    "docker run -v $(pwd):/var/run/docker.sock",
    '"last_login": "2018-08-03T10:51:42.990"',
    "address_space = 10.0.0.0/16 and http://169.254.169.254",
    '[artist id="2389485"] was president 1867-68',
    "pip install shop@1.2.3.4",
    "monkey: 12 bananas, keyboard = 104 keys",
    "On May 12, 2024 Paris was sunny",
    "Chapter 12, 10115 Words; Figure 4, 20100 Samples",
    "It cost 12 Euros, London, 12345 of them",
    "Windows 11, 22631 Build and Python 3, 31100 Tests",
    "Paris, Lyon and Berlin said no; the Rose and Lily bloom",
    "PRESS NEXT, in San Pedro, on 12 Anna Lopez 7, by the Maria Street corner",
    "Hasta mañana, im Juli; 28 May. You walk to the Alpha Centauri exhibit",
    "3 Golden Hills and 2010 Green Valley; the manager Team",
    "Chapter 12, Paris, France; May 2012, Berlin, Germany; World Cup 2018, Kazan, Russia",
    "the corner of Europe and Asia; u 2 and u. 3 in Iceland; 2 of 3 in Norway",
    "Qualifier 5.\nIn Riga, Latvia; 18 April 1870 Sydney, New South Wales, Australia",
    "at 6:09 PM By Bus\nLIMA, Peru",
    "In 1990, Germany and France, in 2004 Poland, 12 countries in all",
    "Tout se passe bien : 3 étapes",
    "Das Passwort ist mindestens 12 Zeichen lang",
    "Authorization: Basic auth requires RFC 7617 headers",
    "See RFC 7231 and RFC 2616; draft 0000123456",
    "TFN-100200 is a fan, SIN-2024-0099 a dossier",
    "invoice INVC240115002",
    "from Ben Gurion Airport to the John Radcliffe Hospital and the Robert Koch Institute",
]


def found_in(text: str) -> list[tuple[Kind, str]]:
    buffer = buffer_of([text])
    return [
        (item.kind, buffer.text(item.start, item.end))
        for item in find(buffer).items
        if item.confidence >= 0.5
    ]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [(kind, text, value) for kind, pairs in EXAMPLES.items() for text, value in pairs if value],
)
def test_is_found(kind: Kind, text: str, value: str) -> None:
    assert (kind, value) in found_in(text)


@pytest.mark.parametrize("text", LOOKALIKES)
def test_is_not_found(text: str) -> None:
    assert found_in(text) == []


def test_a_private_key_is_found_whole() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"
    assert found_in(f"here:\n{key}\nand more") == [(Kind.SECRET, key)]
    cut = key.partition("\n-----END")[0]
    assert found_in(cut) == [(Kind.SECRET, cut)]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("DE89370400440532013000", "DE89370400440532013001"),
        ("X2482300W", "X2482300A"),
        ("390.533.447-05", "390.533.447-06"),
        ("RSSMRA85T10A562S", "RSSMRA85T10A562T"),
        ("S1234567D", "S1234567A"),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3"),
        ("4242424242424242", "4242424242424243"),
    ],
)
def test_check_digits_decide(right: str, wrong: str) -> None:
    assert found_in(right)
    assert not found_in(wrong)


texts = st.lists(st.none() | st.text(max_size=30) | st.sampled_from(LOOKALIKES), max_size=6)


@given(texts, st.randoms())
def test_a_text_gives_the_same_in_any_batch(batch: list[str | None], rng: object) -> None:
    batch = [*batch, *(text for pairs in EXAMPLES.values() for text, _ in pairs[:1])]
    buffer = buffer_of(batch)
    together = find(buffer)
    for row, text in enumerate(batch):
        alone_buffer = buffer_of([text])
        alone = [
            (i.start - 1, i.end - 1, i.kind, i.confidence, i.value)
            for i in find(alone_buffer).items
        ]
        first = int(buffer.starts[row])
        mine = [
            (i.start - first, i.end - first, i.kind, i.confidence, i.value)
            for r, i in zip(together.rows, together.items, strict=True)
            if r == row
        ]
        assert mine == alone


@given(st.text(max_size=200))
def test_findings_are_ordered_and_apart(text: str) -> None:
    buffer = buffer_of([text])
    position = int(buffer.starts[0])
    for item in find(buffer).items:
        assert position <= item.start < item.end <= int(buffer.ends[0])
        assert 0 < item.confidence <= 1
        position = item.end
