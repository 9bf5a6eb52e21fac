using TaskDsl.Unicode;

namespace TaskDsl.Tests.Unicode;

public class SearchTermsTests
{
    [Theory]
    [InlineData("The sun, the RAIN", "the sun the rain")]
    [InlineData("天气预报", "天气 气预 预报")]
    [InlineData("天气。预报", "天气 预报")]
    [InlineData("天，气", "天 气")]
    [InlineData("iPhone手机壳", "iphone 手机 机壳")]
    [InlineData("手机app和天", "手机 app 和天")]
    [InlineData("雨app晴", "雨 app 晴")]
    [InlineData("  ", "")]
    [InlineData("e\u0301tude so\u00ADlar", "étude solar")]
    [InlineData("พา ยุ", "พา ยุ")]
    public void Are_words_and_pairs_of_letters_that_stand_side_by_side(string text, string expected) =>
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), SearchTerms.Of(text));
}
