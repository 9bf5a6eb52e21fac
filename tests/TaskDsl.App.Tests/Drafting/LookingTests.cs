using CsCheck;
using TaskDsl.App.Drafting;
using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Tests.Drafting;

/// <summary>What is counted of data that no memory could hold.</summary>
public sealed class LookingTests
{
    [Theory]
    [InlineData(500), InlineData(16_000), InlineData(300_000)]
    public void Different_values_are_counted(int count)
    {
        var values = new Values();
        for (var i = 0; i < 2 * count; i++)
            values.Add($"value {i % count}");
        Assert.Equal(values.IsExact ? count : values.Distinct, values.Distinct);
        Assert.InRange(values.Distinct, 0.96 * count, 1.04 * count);
        Assert.Equal(count <= 16_384, values.IsExact);
        Assert.Equal(count <= Values.Most, values.Known is not null);
    }

    [Fact]
    public void A_value_that_is_too_long_is_counted_and_not_known()
    {
        var values = new Values();
        values.Add("short");
        values.Add(new string('x', Values.Longest + 1));
        values.Add("short");
        Assert.Null(values.Known);
        Assert.Equal(2, values.Distinct);
    }

    [Fact]
    public void Repeated_inputs_are_found_and_counted_though_not_all_can_be_remembered()
    {
        const int count = 700_000;
        var inputs = new SeenInputs();
        long repeated = 0;
        for (var i = 0; i < count; i++)
            Assert.Null(inputs.Add($"input {i}", default).Earlier);
        for (var i = 0; i < count; i += 10)
            if (inputs.Add($"Input  {i} ", default) is ({ }, var weight))
                repeated += weight;
        Assert.InRange(repeated, 0.96 * count / 10, 1.04 * count / 10);
    }

    [Fact]
    public void A_quantile_is_at_most_an_eighth_too_large() =>
        Gen.Int[0, 100_000]
            .Array[1, 200]
            .Sample(all =>
            {
                var lengths = new Lengths();
                foreach (var length in all)
                    lengths.Add(length);
                Array.Sort(all);
                foreach (var share in (double[])[0.1, 0.5, 0.95, 1])
                {
                    var exact = all[Math.Max(0, (int)Math.Ceiling(share * all.Length) - 1)];
                    Assert.InRange(lengths.Quantile(share), exact, exact * 1.125 + 1);
                }
            });

    [Theory]
    [InlineData("write to ann.b@mail.example.org please", true)]
    [InlineData("an @ alone, a@b", false)]
    public void Mail_addresses(string text, bool expected) => Assert.Equal(expected, Signs.HasMail(text));

    [Theory]
    [InlineData("call +49 171 234 5678", true)]
    [InlineData("call (555) 123-4567 now", true)]
    [InlineData("电话13912345678。", true)]
    [InlineData("order 123456789012", false)]
    [InlineData("on 2024-01-02 at 10:30, for 1,234.50", false)]
    public void Telephone_numbers(string text, bool expected) => Assert.Equal(expected, Signs.HasPhone(text));

    [Theory]
    [InlineData("2024-01-02", true)]
    [InlineData("02.01.2024 10:30", true)]
    [InlineData("2024-01-02T10:30:00.5Z", true)]
    [InlineData("on 2024-01-02", false)]
    [InlineData("12345678", false)]
    public void Dates(string text, bool expected) => Assert.Equal(expected, Signs.IsDate(text));

    [Theory]
    [InlineData("Where is my card?", "en")]
    [InlineData("我的卡在哪里？ card", "zh")]
    [InlineData("カードはどこですか", "ja")]
    [InlineData("Где моя карта?", "ru")]
    [InlineData("카드는 어디에 있나요", "ko")]
    public void Languages_by_script(string text, string expected)
    {
        var count = new ScriptCount();
        count.Add(text);
        Assert.Equal(expected, ScriptCount.Language(count.Found[0].Script));
    }

    [Theory]
    [InlineData("Card Arrival?", "card_arrival")]
    [InlineData("QUESTION", "question")]
    [InlineData("userInput", "user_input")]
    [InlineData("Für wen?", "für_wen")]
    [InlineData("--", "")]
    public void Names_in_snake_case(string text, string expected) => Assert.Equal(expected, Naming.Snake(text));
}
