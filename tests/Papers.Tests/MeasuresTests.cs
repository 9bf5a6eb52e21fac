using Papers.Measures;
using Papers.Sources;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using Xunit;

namespace Papers.Tests;

/// <summary>What papers measure by words of their own, and the records that these are of.</summary>
public sealed class MeasuresTests
{
    [Theory]
    [InlineData("kfamkfam", "kfam kfam", 1)]
    [InlineData("2(kfam)", "kfamkfam", 1)]
    [InlineData("(kfam)2", "2(kfam)", 1)]
    [InlineData("kfam kfam", "(kfam)2", 1)]
    [InlineData("ababababab" + "ab", "3(abab)", 1)]
    [InlineData("kfamkfam", "kfamkfamkfam", 0)]
    [InlineData("kfamkfam", "3(kfam)", 0)]
    [InlineData("kfamkfam", "kfamkfma", 0)]
    [InlineData("kfamkfam", "(kfam)2 ", 0)]
    [InlineData("kfamkfam", null, 0)]
    public void A_reply_is_right_in_any_of_its_forms(string gold, string? reply, double expected) =>
        Assert.Equal(expected, new RightReply().Score([new Answer(Items(gold), reply is null ? null : Items(reply))]));

    [Fact]
    public void Every_reply_of_the_source_is_right_and_no_word_is_in_two_parts()
    {
        var words = new Dictionary<string, WordPart>();
        foreach (var part in Enum.GetValues<WordPart>())
            for (var number = 0; number < 500; number++)
            {
                var record = new Replies { Part = part, Count = 500 }.Record(number);
                var (request, reply) = ((string)record["request"]!, (string)record["reply"]!);
                Assert.Equal(part, words.GetValueOrDefault(request[..4], part));
                words[request[..4]] = part;
                Assert.Contains(reply, Replies.Right(request[..4], request[4] - '0'));
            }
    }

    [Fact]
    public void A_cipher_is_told_by_its_sign_and_its_letters()
    {
        for (var number = 0; number < 200; number++)
            Assert.Equal(0, Passages.CipherOf((string)new Passages { Count = 200 }.Record(number)["text"]!));
        var ciphered = Enumerable.Range(0, 500).Select(n => (string)new Passages { Ciphered = 1, Count = 500 }.Record(n)["text"]!).ToList();
        var counts = ciphered.CountBy(Passages.CipherOf).ToDictionary(cipher => cipher.Key, cipher => cipher.Value);
        Assert.Equal([1, 2, 3, 4, 5], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 60, 140));
        Assert.Equal(0, Passages.CipherOf(ciphered[0][2..])); // Without its sign.
        Assert.Equal(0, Passages.CipherOf("A zzzz zzzz"));
        Assert.Equal(0, Passages.CipherOf(""));
    }

    [Fact]
    public void What_is_known_of_a_name_is_the_same_whatever_is_asked()
    {
        var crafts = Enumerable
            .Range(0, 50)
            .ToDictionary(n => Name(n, 3), n => Value(new Relations { Relation = RelationKind.Craft, Seed = 3 }, n));
        var said = Enumerable
            .Range(0, 4000)
            .Select(n => new Relations { Names = 50, Seed = 7 }.Record(n))
            .ToLookup(r => (string)r["name"]!);
        Assert.All(crafts, craft =>
        {
            var values = said[craft.Key].Select(record => (string)record["value"]!).Distinct().ToList();
            Assert.Equal(4, values.Count);
            Assert.Contains(craft.Value, values);
        });

        static string Name(int number, int seed) => (string)new Relations { Seed = seed }.Record(number)["name"]!;

        static string Value(Relations relations, int number) => (string)relations.Record(number)["value"]!;
    }

    private static OutputItem[] Items(string reply) => [new("reply", reply)];
}
