/** The most used ones, Korean keyboards included. Eight characters or more: the schema refuses shorter ones anyway. */
const COMMON = `
00000000 000000000 0000000000 01012345678 0123456789 10203040 11111111 111111111 1111111111 11112222 11223344
112233445566 12121212 123123123 12312312 12341234 1234512345 123454321 12345678 123456789 1234567890 12345678910
123456789a 12345678a 1234567a 1234abcd 1234qwer 123456aa 123456ab 12344321 123qwe123 123qweasd 135792468 13579246
147258369 159357456 1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1q2w3e4r! 1q2w3e4r5t6y 1q2w3e4r1! 1qaz2wsx 1qaz2wsx3edc 1qazxsw2
1qaz@wsx 1qaz!qaz 20202020 22222222 23456789 24682468 31415926 33333333 44444444 55555555 66666666 69696969 77777777
78787878 87654321 88888888 987654321 9876543210 98765432 99999999 a1234567 a12345678 a123456789 a1b2c3d4 aa123456
aaaaaaaa aaaaaaaaaa abcd1234 abcd1234! abcdefgh abcdefghi abc12345 abc123456 abc123abc admin123 admin1234 administrator
adminadmin asd12345 asdasdasd asdf1234 asdf1234! asdfasdf asdfghjk asdfghjkl asdfjkl; azertyuiop babygirl baseball
basketball billgates blink182 bismillah changeme charlie1 chocolate computer cookie123 corvette dkssudgktpdy
dlqslek123 dragon123 einstein facebook fantasy1 football football1 forever1 gfhjkmgfhjkm gkswldnjs goodluck hello123
hello1234 hellohello iloveyou iloveyou1 iloveyou12 iloveyou2 internet jennifer jordan23 justin123 kakao1234
killer123 korea123 korea1234 letmein1 letmein123 liverpool liverpool1 login123 lovelove lovely123 madang123
madang1234 manchester master123 metallica michael1 michelle minecraft monkey123 mustang1 naver1234 newpassword
ohmygod123 pa55word p@ssw0rd p@ssword p@ssword1 passw0rd passw0rd1 password password! password01 password1 password1!
password11 password12 password123 password1234 password2 passwordpassword pokemon1 pokemon123 princess princess1
q1w2e3r4 q1w2e3r4! q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc qazwsx123 qlalfqjsgh qlalfqjsgh1 qwe12345 qwe123456 qwe123qwe
qweasdzxc qweqwe123 qweqweqwe qwer1234 qwer1234! qwer12345 qwerasdf qwerqwer qwerty12 qwerty123 qwerty1234 qwerty12345
qwertyui qwertyuiop qwertyuiop1 rkskekfk rlaalsrud rlatjdgus saranghae samsung1 samsung123 secret123 seoul1234
sjsjsjsj slipknot spiderman starwars starwars1 sunshine sunshine1 superman superman1 tkfkdgo tkfkdgody tkfkdgody1
test1234 test12345 testtest trustno1 user1234 victoria wjdwldns welcome1 welcome123 whatever wkdqkrnsl woaini1314
xxxxxxxx zaq12wsx zaq1zaq1 zaqwsxcde zkzkdh123 zxcv1234 zxcvbnm1 zxcvbnm123 zxcvzxcv zzzzzzzz
`;

const common: ReadonlySet<string> = new Set(COMMON.trim().split(/\s+/));

/**
 * True for a password that a guesser tries first: a common one in any case, or the person's own e-mail or nickname.
 * No rule of composition beyond that (ASVS 6.2.4, 6.2.5).
 */
export function isTooCommon(password: string, person: { readonly email: string; readonly nickname: string }): boolean {
  const folded = password.normalize("NFKC").toLowerCase();
  const { email, nickname } = person;
  return common.has(folded) || [email, email.split("@")[0], nickname].some((own) => own?.toLowerCase() === folded);
}
