using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using TaskDsl.Grammars;
using Xunit;

namespace TaskDsl.Prompts.Tests.Grammars;

/// <summary>Random grammars against .NET's regular expressions and against brute force.</summary>
public class GrammarProperties
{
    private static readonly string[] Words = ["a", "b", "ab", "é", "中", "𝄞"];

    [Fact]
    public void Accepts_what_the_regular_expression_accepts() =>
        Gen.Select(Grammars(3), Texts, (tree, texts) => (tree, texts))
            .Sample(
                sample =>
                {
                    var matcher = new GrammarMatcher(sample.tree.Grammar);
                    var regex = new Regex($"^({sample.tree.Pattern})$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
                    foreach (var text in sample.texts)
                        if (matcher.IsMatch(Encoding.UTF8.GetBytes(text)) != (regex.IsMatch(text) && !text.EndsWith('\n')))
                            return false;
                    return true;
                },
                iter: 2000
            );

    [Fact]
    public void Texts_are_all_that_are_accepted_or_none_where_they_are_too_many()
    {
        var list = Grammar.Repeat(Grammar.Choice([.. Words.Select(Grammar.Literal)]), 0, 2, Grammar.Literal(","));
        string[] expected = ["", .. Words, .. Words.SelectMany(a => Words.Select(b => $"{a},{b}"))];
        var matcher = new GrammarMatcher(list);
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            matcher.Texts(43)!.Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal)
        );
        Assert.Null(matcher.Texts(42));
        Assert.Null(new GrammarMatcher(Grammar.JsonString).Texts(1_000_000));
        Assert.Equal(
            [
                [.. "ab"u8],
            ],
            new GrammarMatcher(Grammar.Choice(Grammar.Literal("ab"), Grammar.Literal("ab"))).Texts(1)!
        );
    }

    [Fact]
    public void Distance_is_the_fewest_bytes_to_acceptance() =>
        Grammars(2)
            .Sample(
                tree =>
                {
                    var matcher = new GrammarMatcher(tree.Grammar);
                    // Breadth first over the deterministic automaton is the brute force.
                    var reached = new Dictionary<int, int> { [matcher.Start] = 0 };
                    var queue = new Queue<int>([matcher.Start]);
                    while (queue.TryDequeue(out var state) && reached.Count < 300)
                    {
                        for (var b = 0; b < 256; b++)
                            if (matcher.Next(state, (byte)b) is var next && next != GrammarMatcher.Dead && reached.TryAdd(next, 0))
                                queue.Enqueue(next);
                    }

                    if (reached.Count >= 300)
                        return true;
                    var distances = reached.Keys.ToDictionary(s => s, s => matcher.IsAccepting(s) ? 0 : 1_000_000);
                    for (var changed = true; changed; )
                    {
                        changed = false;
                        foreach (var state in distances.Keys.ToList())
                        {
                            for (var b = 0; b < 256; b++)
                            {
                                var next = matcher.Next(state, (byte)b);
                                if (next == GrammarMatcher.Dead || distances[next] + 1 >= distances[state])
                                    continue;
                                distances[state] = distances[next] + 1;
                                changed = true;
                            }
                        }
                    }

                    return distances.All(d => matcher.Distance(d.Key) == d.Value);
                },
                iter: 300
            );

    [Fact]
    public void Accepts_only_valid_utf8() =>
        Gen
            .Byte.Array[0, 6]
            .Sample(
                bytes =>
                {
                    var isValid = true;
                    try
                    {
                        _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
                    }
                    catch (ArgumentException)
                    {
                        isValid = false;
                    }

                    return new GrammarMatcher(Grammar.Text).IsMatch(bytes) == isValid;
                },
                iter: 20_000
            );

    [Theory]
    [InlineData("ED A0 80")] // a surrogate
    [InlineData("C0 80")] // overlong
    [InlineData("E0 80 80")]
    [InlineData("F0 80 80 80")]
    [InlineData("F4 90 80 80")] // beyond U+10FFFF
    [InlineData("80")]
    public void Refuses_what_is_not_utf8(string hex) =>
        Assert.Equal(GrammarMatcher.Dead, new GrammarMatcher(Grammar.Text).Next(0, Convert.FromHexString(hex.Replace(" ", ""))));

    [Theory]
    [InlineData("\uD7FF")]
    [InlineData("\uE000")]
    [InlineData("\uFFFF")]
    [InlineData("\U00010000")]
    [InlineData("\U0010FFFF")]
    public void Accepts_the_edges_of_utf8(string text) =>
        Assert.True(new GrammarMatcher(Grammar.Text).IsMatch(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Integers_are_those_of_int() =>
        Gen.OneOf(
                Gen.Int.Select(i => (long)i),
                Gen.Long[-3_000_000_000, 3_000_000_000],
                Gen.OneOf(0L, int.MaxValue, int.MinValue, int.MaxValue + 1L, int.MinValue - 1L)
            )
            .Sample(
                number =>
                    new GrammarMatcher(Grammar.JsonInteger).IsMatch(Encoding.UTF8.GetBytes($"{number}"))
                    == (number is >= int.MinValue and <= int.MaxValue),
                iter: 20_000
            );

    [Fact]
    public void Numbers_that_are_printed_are_numbers() =>
        Gen.Double.Sample(
            number =>
                !double.IsFinite(number)
                || new GrammarMatcher(Grammar.JsonNumber).IsMatch(
                    Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(number))
                ),
            iter: 20_000
        );

    [Fact]
    public void Json_strings_are_those_that_a_parser_reads()
    {
        Gen.OneOf("a", "\"", "\\", "\\\\", "\\n", "\\u0041", "\\ud83d\\ude00", "\\ud83d", "\\udc00", "\\x", "\n", "é", "/", "\\/")
            .Array[0, 6]
            .Sample(
                parts =>
                {
                    var json = "\"" + string.Concat(parts) + "\"";
                    var reads = true;
                    try
                    {
                        using var document = System.Text.Json.JsonDocument.Parse(json);
                        _ = document.RootElement.GetString();
                    }
                    catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
                    {
                        reads = false;
                    }

                    return new GrammarMatcher(Grammar.JsonString).IsMatch(Encoding.UTF8.GetBytes(json)) == reads;
                },
                iter: 20_000
            );
    }

    private static Gen<string[]> Texts => Gen.OneOf(Words).Array[0, 5].Select(string.Concat).Array[12];

    // Capturing groups: .NET merges nested loops without them, and then "(?:(?:a{1,3})?)+" refuses the empty text.
    private static Gen<(Grammar Grammar, string Pattern)> Grammars(int depth)
    {
        var literal = Gen.OneOf(Words).Select(w => (Grammar.Literal(w), $"({Regex.Escape(w)})"));
        if (depth == 0)
            return literal;
        var part = Grammars(depth - 1);
        return Gen.OneOf(
            literal,
            part.Array[0, 3].Select(p => (Grammar.Sequence([.. p.Select(x => x.Grammar)]), string.Concat(p.Select(x => x.Pattern)))),
            part.Array[1, 3]
                .Select(p => (Grammar.Choice([.. p.Select(x => x.Grammar)]), $"({string.Join('|', p.Select(x => x.Pattern))})")),
            part.Select(p => (Grammar.Optional(p.Grammar), $"({p.Pattern})?")),
            Gen.Select(part, Gen.Int[0, 2], Gen.Int[-1, 2])
                .Select(
                    (p, min, more) =>
                        (
                            Grammar.Repeat(p.Grammar, min, more < 0 ? null : min + more),
                            $"({p.Pattern}){{{min},{(more < 0 ? "" : min + more)}}}"
                        )
                ),
            Gen.Select(part, part, Gen.Int[1, 2])
                .Select(
                    (p, s, min) =>
                        (Grammar.Repeat(p.Grammar, min, separator: s.Grammar), $"({p.Pattern})({s.Pattern}{p.Pattern}){{{min - 1},}}")
                )
        );
    }
}
