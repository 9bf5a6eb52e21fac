using System.Diagnostics;
using System.Text;
using CsCheck;
using TaskDsl.Grammars;
using Xunit;

namespace TaskDsl.Prompts.Tests.Grammars;

public class SubstringGrammar
{
    [Theory]
    [InlineData("the tenant pays", "tenant", true)]
    [InlineData("the tenant pays", "tenant pays", true)]
    [InlineData("the tenant pays", "tenan", false)]
    [InlineData("the tenant pays", " tenant", false)]
    [InlineData("the tenant pays", "", false)]
    [InlineData("the tenant pays", "pays the", false)]
    [InlineData("租金为每月1000元", "租金", true)]
    [InlineData("租金为每月1000元", "1000元", true)]
    [InlineData("租金为每月1000元", "100", false)]
    [InlineData("one\ntwo", "one\\ntwo", true)]
    [InlineData("a\\b", "a\\\\b", true)]
    [InlineData("don't (pay)", "(pay)", true)]
    [InlineData("don't (pay)", "pay", true)]
    public void Is_a_piece_cut_at_word_borders(string text, string piece, bool accepted) =>
        Assert.Equal(accepted, new GrammarMatcher(Grammar.SubstringOf(text)).IsMatch(Encoding.UTF8.GetBytes(piece)));

    [Fact]
    public void Every_piece_of_words_is_accepted() =>
        Gen.OneOf("the", "tenant", "pays", "租", "金", "1000", "x")
            .Array[1, 12]
            .Select(Gen.Int[0, 11], Gen.Int[0, 11])
            .Sample(
                (words, i, j) =>
                {
                    var (from, to) = (Math.Min(i, j) % words.Length, Math.Max(i, j) % words.Length);
                    if (to < from)
                        return true;
                    var text = string.Join(' ', words);
                    return new GrammarMatcher(Grammar.SubstringOf(text)).IsMatch(
                        Encoding.UTF8.GetBytes(string.Join(' ', words[from..(to + 1)]))
                    );
                }
            );

    [Fact]
    public void A_long_text_is_walked_quickly()
    {
        // The worst case: few letters, long repeats. Time is compared to a text a tenth as long, so that no machine is too slow.
        static TimeSpan Walk(int length)
        {
            var random = new Random(1);
            var text = string.Concat(
                Enumerable.Range(0, length / 6).Select(_ => "abcdef"[random.Next(6)] + new string('a', random.Next(4)) + " ")
            );
            var clock = Stopwatch.StartNew();
            var matcher = new GrammarMatcher(Grammar.SubstringOf(text));
            var state = matcher.Start;
            foreach (var b in Encoding.UTF8.GetBytes(text.TrimEnd()))
                state = matcher.Next(state, b);
            Assert.True(matcher.IsAccepting(state));
            return clock.Elapsed;
        }

        Walk(500);
        var small = Walk(2_000);
        Assert.True(Walk(20_000) < 100 * small + TimeSpan.FromSeconds(2));
    }
}
