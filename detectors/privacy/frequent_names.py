"""Given names that are frequent in Europe, the Americas, Asia and Africa, lower-case."""

from typing import Final

from detectors.privacy.word_list import words

CLEAR: Final = frozenset(
    words(
        """
james john robert michael william david richard joseph thomas charles christopher daniel matthew
anthony donald steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason
jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel
gregory alexander patrick jack dennis jerry tyler aaron jose adam nathan henry douglas zachary peter
kyle noah ethan jeremy walter keith roger terry sean gerald carl harold dylan arthur lawrence jesse
bryan joe bruce billy gabriel alan juan logan wayne ralph roy eugene randy vincent russell elijah
louis bobby philip johnny oliver liam lucas mason isaac owen caleb connor luke evan gavin cameron
colin craig curtis dale darren derek duncan edgar elliot ernest fred frederick geoffrey gilbert
glenn gordon graham harry harvey herbert howard hugh hugo ian ivan jake jamie jared jay jim jimmy
joel jon julian karl ken kurt lee leo leonard leon leslie lewis lloyd malcolm marcus martin marvin
maurice mike mitchell morgan neil nick norman oscar phil ray reginald rodney ross rupert sam simon
stanley stuart ted theodore tim tom tommy tony travis trevor troy victor vernon warren wesley andy
ben bob brad chris dan danny dave don doug ed frankie gene greg jeff josh matt pete rick rob ron
steve stewart toby will zack alfie archie callum ewan finley freddie hamish rory callie mary
patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret
ashley kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca sharon laura
cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha katherine
christine debra rachel carolyn janet catherine maria heather diane ruth julie olivia joyce kelly
christina lauren joan evelyn judith megan andrea cheryl hannah jacqueline martha gloria teresa ann
sara kathryn janice jean abigail alice julia judy sophia denise doris marilyn danielle beverly
isabella theresa diana natalie brittany marie kayla alexis lori alison annette audrey becky beth
bonnie bridget carla caroline cathy cecilia celia charlene chloe claire clara claudia colleen
courtney daphne dorothy edith eileen elaine eleanor ella ellen elsie erica erin esther eva fiona
frances gail geraldine gemma gillian gwen harriet hazel heidi hilary ida irene isabel jackie jane
janine jeanette jenna jenny jill joanna joanne jodie josephine june katie kate kathy kim kirsten
kristen kristin leah lena lillian liz lorraine louise lucy lydia lynn mabel madeleine maggie mandy
marcia marion marjorie maureen maxine melanie michele mildred miriam molly monica nadia naomi
natasha nina nora norma patty paula pauline peggy penelope phyllis polly priscilla rhonda rita
roberta robin rosemary roxanne sally sheila shelley sonia sophie stacey stacy stella sue susie
suzanne sylvia tamara tammy tanya tara tina tracey tracy valerie vanessa vera veronica vicki vivian
wendy yolanda yvonne zoe amelia ava mia harper aria layla scarlett aubrey imogen freya georgina
phoebe matilda poppy niamh siobhan aoife saoirse ciara orla sinead eoin cillian padraig hans klaus
wolfgang jürgen juergen dieter manfred uwe günter guenter horst bernd werner heinz rainer gerhard
helmut joachim matthias stefan andreas thorsten torsten ralf frank jens sven markus tobias florian
sebastian jan lukas felix maximilian moritz jonas niklas fabian philipp johannes christoph dirk jörg
joerg axel volker holger karsten carsten detlef ulrich ulrike ursula monika petra sabine renate
helga karin brigitte ingrid erika gisela susanne angelika birgit heike martina gabriele silke anja
katja tanja kerstin nadine jana lea leonie johanna katharina franziska anneliese gertrud hildegard
elfriede waltraud ilse liselotte friedrich wilhelm ludwig otto hermann heinrich ernst rudolf
siegfried gottfried rüdiger eberhard annika pierre michel andré philippe rené alain jacques bernard
marcel claude christian françois francois henri nicolas sylvain thierry pascal éric laurent frédéric
frederic stéphane stephane olivier christophe guillaume julien romain mathieu maxime antoine
baptiste clément clement théo theo gaspard gérard gerard didier yves yann loïc loic gaël benoît
benoit étienne etienne rémi remi fabrice cédric cedric jeanne françoise francoise monique nathalie
isabelle sylvie anne martine chantal véronique veronique valérie christelle sandrine céline celine
aurélie aurelie émilie emilie élodie elodie camille léa chloé manon inès margaux mathilde juliette
charlène hélène helene geneviève genevieve solène océane josé antonio manuel francisco javier jesús
carlos miguel ángel angel alejandro rafael fernando pablo sergio jorge alberto luis álvaro alvaro
diego adrián adrian raúl raul enrique vicente ramón ramon andrés andres joaquín joaquin santiago
eduardo víctor roberto jaime mario ignacio alfonso ricardo salvador emilio julio guillermo gonzalo
agustín tomás tomas esteban mateo rodrigo gustavo hernán hernan mauricio carmen josefa dolores pilar
ana antonia francisca cristina mercedes luisa rosario juana raquel encarnación elena montserrat
rocío rocio lucía lucia marta beatriz nuria silvia inmaculada concepción concepcion consuelo
esperanza guadalupe ximena valentina camila mariana gabriela alejandra fernanda daniela lorena
verónica adriana marisol paola giuseppe giovanni luigi francesco angelo vincenzo pietro salvatore
carlo franco domenico bruno paolo giorgio aldo luciano marco matteo alessandro lorenzo davide simone
stefano fabio massimo claudio riccardo federico gianluca gianni enrico leonardo tommaso edoardo
filippo nicolò giacomo emanuele raffaele maurizio silvio umberto giulia chiara francesca federica
alessia elisa ilaria giorgia eleonora alessandra simona antonella giovanna rosa ornella letizia
ginevra joão joao antônio antónio paulo pedro luiz luís marcos marcelo felipe manoel mateus fábio
guilherme leandro tiago thiago anderson márcio marcio caio vinícius vinicius rui nuno gonçalo
goncalo vasco duarte afonso antônia juliana márcia patrícia aline bruna jéssica letícia leticia
júlia luciana vitória larissa cláudia sónia inês joana catarina piotr krzysztof andrzej stanisław
stanislaw tomasz paweł pawel józef jozef marcin michał michal grzegorz jerzy tadeusz łukasz lukasz
zbigniew ryszard kazimierz marek wojciech jakub mateusz agnieszka katarzyna małgorzata malgorzata
krystyna ewa elżbieta elzbieta zofia magdalena janina danuta jadwiga aleksandra halina irena beata
dorota wanda bożena zuzanna natalia weronika karolina paulina kinga jiří jiri petr pavel tomáš
jaroslav miroslav zdeněk václav vaclav milan ondřej lukáš vojtěch lenka kateřina katerina hana lucie
alena veronika zuzana eliška tereza šárka jitka ivana ján štefan zoltán zoltan lászló laszlo istván
istvan józsef jános janos sándor sandor gábor gabor ferenc attila tamás tamas balázs balazs szabolcs
katalin erzsébet ilona zsuzsanna ágnes agnes judit ildikó krisztina krisztián eszter réka ion vasile
gheorghe constantin mihai alexandru cristian bogdan răzvan razvan ioana andreea mihaela raluca oana
georgi dimitar nikolay hristo stoyan yordan todor krasimir lars erik anders per johan nils lennart
mikael fredrik björn bjorn magnus gustav gustaf oskar viktor emil göran goran håkan hakan leif bengt
mats ulf rolf gunnar olle henrik jesper rasmus søren soren niels mads mikkel kasper morten henning
jørgen jorgen poul kristian ole knut olav odd håvard haavard øyvind oyvind espen trond kjell svein
terje tor geir harald eirik sindre kristina birgitta inger astrid ingeborg linnea elsa ebba freja
signe maja saga tuva solveig sigrid randi bente hanne mette pernille lone birthe kari marit liv
silje ragnhild matti timo juha mikko antti jukka heikki pekka jari markku hannu sami ville janne
petri marko tuomas aleksi lauri eero eino tapani helena anneli kaarina aino tuula päivi paivi leena
sari satu minna virpi kirsi hanna riikka jón sigurður guðmundur ólafur einar kristján björk guðrún
sigríður kees piet hendrik willem pieter gerrit jeroen maarten wouter sander joost bas thijs daan
sem bram ruben koen niek floor femke sanne lotte anouk marieke marloes inge saskia wilhelmina maaike
esmee fleur joke truus geert joris stijn pieter-jan dries liesbeth sergei sergey dmitri dmitry
dmitriy alexei alexey aleksei aleksandr andrei andrey mikhail nikolai vladimir yuri yury igor oleg
boris maxim maksim konstantin evgeny evgeniy yevgeny anatoly vasily roman denis kirill artem anton
ilya ruslan timur vadim stanislav vyacheslav gennady leonid grigory fyodor fedor olga tatiana
tatyana natalya irina svetlana galina lyudmila ludmila nadezhda marina larisa yulia anastasia
ekaterina yekaterina ksenia oksana daria darya polina alina lyubov sofya faina mykola oleksandr
volodymyr andriy serhiy yaroslav taras bohdan mykhailo petro vasyl oleh iryna nataliya olha yuliya
kateryna halyna svitlana lesya milica dragan zoran nenad slobodan miloš milos nikola luka jovan
dejan bojan dušan dusan vladan aleksandar jelena milena dragana snežana snezana ljubica mirjana
branislav tomislav zvonimir krešimir ante hrvoje matej mateja tadej urška primož andraž anže rok
nejc giorgos georgios dimitris dimitrios kostas konstantinos yannis ioannis nikos nikolaos
panagiotis vasilis christos athanasios evangelos spyros eleni vasiliki sofia angeliki georgia
dimitra despina ioanna mehmet mustafa ahmet ali hüseyin huseyin hasan ibrahim murat ömer omer yusuf
osman ramazan süleyman emre burak kemal cem serkan orhan fatma ayşe ayse emine hatice zeynep elif
meryem şerife zehra sultan hülya esra büşra merve ebru selin mohammed muhammad mohamed mohammad
ahmed mahmoud mostafa hassan hussein hossein khaled khalid omar abdullah abdul abdulrahman youssef
yousef karim tariq tarek amir samir rashid rachid said saeed nasser faisal fahad salman bilal hamza
imran usman umar zain zayn jamal kamal mansour walid fatima aisha ayesha khadija maryam mariam
zainab amina leila noor nour yasmin yasmine samira huda rania hala dina farah salma sana soraya reza
mehdi hamid parisa shirin nasrin farhad behnam arash kaveh ehsan navid moshe yosef yitzhak avraham
shlomo yaakov chaim eitan noam ariel shira tamar yael rivka noa avi raj rajesh ramesh suresh mahesh
rakesh sanjay vijay ajay anil sunil ashok arun amit rohit rahul rohan vikram vivek deepak manoj
pradeep prakash pankaj naveen nitin sachin sandeep sanjeev siddharth arjun aditya karthik krishna
ganesh harish mukesh dinesh gaurav varun ankit abhishek ravi kumar priya pooja neha anjali sunita
anita kavita rekha lakshmi radha meena geeta deepa divya shreya ananya aishwarya nisha swati shweta
sneha ritu preeti jyoti kiran padma lalita usha indira asha gurpreet harpreet manpreet jaspreet
amarjeet balwinder farhan asif nadeem shahid zahid tahir wei ming jing xin yan li hui fang lei jun
yong qiang xiao xiaoming xiaoli mei ling ying hong hua jian jianguo zhang wang liu chen yang hao
yuki haruto sota ren hiroshi takashi kenji satoshi akira takeshi makoto naoki kazuki daiki yuto
kaito ryo shota taro ichiro jiro masato yoshi hiroko yoko keiko akiko sakura yumi naoko tomoko
kumiko haruka misaki aoi hina yui mariko ayumi megumi jisoo minho jihoon minjun seojun hyun jiwoo
eunji hyejin minji soyeon yuna seoyeon jimin nguyen thi minh anh linh huong lan tuan hung dung thanh
hoa somchai siti nur putri dewi budi agus slamet joko wati rizal kwame kofi kwesi yaw ama abena
akosua chinedu chukwu emeka ngozi chioma adaeze ifeoma tunde femi segun ade bola olu wanjiku kamau
njeroge otieno achieng wambui thabo sipho themba nomsa zanele bongani lerato tendai farai tariro
amara abebe tesfaye haile mulugeta tigist selam desta
"""
    )
)
"""Names that are seldom anything else where they are written with a capital."""

AMBIGUOUS: Final = frozenset(
    words(
        """
will mark grace may june rose art bill frank grant hope joy faith drew rob sue pat dawn summer
autumn paris london jordan chase chance victoria florence sofia charlotte sydney austin dallas
houston madison virginia carolina georgia israel chad angel jesus christian iris ivy lily daisy
amber ruby crystal pearl olive ray dean guy max miles rich sky storm wade lance pierce reed buddy
earl duke gene don jack basil clay cliff colt dale dirk forest glen hunter jade jasmine kitty lane
laurel major martin mason melody mercedes mercy nova parker penny piper poppy porter prince princess
robin royal sage sandy saturn scout sterling stone taylor terry tiffany trinity troy tucker violet
virtue wren berlin brooklyn cairo chelsea dakota denver diamond eden genesis heaven holly hazel
heather harmony india jewel kent lincoln logan lorraine macy montana orlando phoenix raven rio
rivers savannah sierra skye sultan timber vienna willow winter zion ace april august avery bailey
banks blue brook cash charity chip christ clement coral cookie curt destiny dolly dominic ferry fern
flora ginger gray harper haven heath honor joe kelly kim lee leo li long love lucky luna merry mike
monday morgan page peace porsche precious prudence queen rusty saint santiago san santa scarlett
sherry shell skip star sunny trip ty van venus wan wang liu yang chen lei hong hua mei fang ling
dung lan thi linh ren rok sem bas per odd liv sara hao ade noor ion saga maja alexis gloria consuelo
dolores esperanza rosario salvador pilar franco bruno said kiran asha julia ali leon lea ida ella
amor nina siti aria ava dan ed jon ken ron ted tim tom sam ben bob nick rick selam desta kumar
krishna ganesh java perl pascal ada haskell turing newton
"""
    )
)
"""Names that are words, places, brands or languages as well: they need more than a capital."""

SELDOM_ALONE: Final = frozenset(
    words(
        """
jan roman claude alexandros lawrence frederick lewis norman orion eugene emerson leonardo nur
sheldon manuel oscar victor kelly kimberly ashley carol lori stuart wayne troy logan gordon
"""
    )
)
"""Names that alone are as often a place, a month, a model, a prize, a family or a street."""
