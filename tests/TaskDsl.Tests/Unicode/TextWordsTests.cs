using System.Text;
using TaskDsl.Unicode;

namespace TaskDsl.Tests.Unicode;

/// <summary>Words of every script: by spaces and marks, and by characters where a script has no spaces.</summary>
public class TextWordsTests
{
    [Theory]
    [InlineData("One\n Two \nthree", "one|two|three")]
    [InlineData("Don't pay $2,500.75 (state-of-the-art)!", "don|t|pay|2|500|75|state|of|the|art")]
    [InlineData("Müller schließt Köln", "müller|schließt|köln")]
    [InlineData("Покупатель оплатил", "покупатель|оплатил")]
    [InlineData("دفع المشتري الثمن", "دفع|المشتري|الثمن")]
    [InlineData("קָנָה הַקּוֹנֶה", "קָנָה|הַקּוֹנֶה")]
    [InlineData("राम ने आम खाया", "राम|ने|आम|खाया")]
    [InlineData("வணக்கம் உலகம்", "வணக்கம்|உலகம்")]
    [InlineData("매수인은 대금을", "매수인은|대금을")]
    [InlineData("ΟΔΟΣ οδος", "οδοσ|οδοσ")]
    [InlineData("付款期30天", "付|款|期|30|天")]
    [InlineData("がぎ カタカナ 人々", "が|ぎ|カ|タ|カ|ナ|人|々")]
    [InlineData("กินข้าว ๒๕๖๗", "กิ|น|ข้|า|ว|๒๕๖๗")]
    [InlineData("ເງິນ", "ເ|ງິ|ນ")]
    [InlineData("ငွေ", "ငွေ")]
    [InlineData("ទិញ", "ទិ|ញ")]
    [InlineData("می\u200Cخواهم co\u00ADop", "میخواهم|coop")]
    [InlineData("ซื้อ\u200Bขาย", "ซื้|อ|ข|า|ย")]
    [InlineData("ＡＢＣ ﬁne x² ｶﾞ", "abc|fine|x2|ガ")]
    [InlineData("👍 ❤\uFE0F —!", "")]
    public void Are_found(string text, string words) => Assert.Equal(Form(words), Form(string.Join('|', TextWords.Of(text))));

    [
        Theory,
        InlineData("Müller schließt Köln"),
        InlineData("Việt Nam đẹp"),
        InlineData("が ぎ"),
        InlineData("매수인은"),
        InlineData("קּוֹנֶה")
    ]
    public void Are_the_same_in_every_normal_form(string text)
    {
        var words = TextWords.Of(text);
        Assert.All(Enum.GetValues<NormalizationForm>(), form => Assert.Equal(words, TextWords.Of(text.Normalize(form))));
    }

    private static string Form(string text) => text.Normalize(NormalizationForm.FormKC);
}
