using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Indexing;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines.Indexing;

public class Bm25Tests
{
    private static readonly string[] Texts =
    [
        "The sun burned all day and nobody took a coat",
        "Water ran down the windows until the evening",
        "Rain and rain and more rain on the road",
        "A coat for the rain",
        "Blue from edge to edge the children swam",
    ];

    /// <summary>
    /// Scores of SQLite 3's FTS5 (<c>bm25</c>, k1 = 1.2 and b = 0.75) for a word each, divided by its own logarithm,
    /// ln((N − n + 0.5) / (n + 0.5)), or 1e-6 where that is not positive, and multiplied by Lucene's.
    /// </summary>
    [Theory]
    [InlineData("rain", 2, 0.5149488143072476, 3, 0.3974437157404932)]
    [InlineData("coat", 3, 0.3974437157404932, 0, 0.3052531631202757)]
    [InlineData("edge", 4, 1.510591896918651, -1, 0)]
    [InlineData("the", 1, 1.375e-06, 3, 1.1812080536912753e-06)]
    public void Scores_as_SQLite_does(string word, int first, double firstScore, int second, double secondScore)
    {
        var found = Texts.Count(text => text.Contains(word, StringComparison.OrdinalIgnoreCase));
        var theirs = Math.Max(1e-6, Math.Log((Texts.Length - found + 0.5) / (found + 0.5)));
        var ours = Math.Log(1 + (Texts.Length - found + 0.5) / (found + 0.5));
        using var index = new Bm25().Of(Texts);
        var hits = index.Search([word], 2)[0];
        Assert.Equal(first, hits[0].Text);
        Assert.Equal(firstScore / theirs * ours, hits[0].Score, 1e-6);
        if (second >= 0)
            Assert.Equal(second, hits[1].Text);
        Assert.Equal(second < 0 ? 0 : secondScore / theirs * ours, hits[1].Score, 1e-6);
    }

    /// <summary>By hand: N = 2, n = 1, both of one length: ln(1 + 1.5 / 1.5) · (k1 + 1) / (1 + k1) = ln 2 for each pair.</summary>
    [Fact]
    public void Chinese_is_found_by_pairs_of_letters()
    {
        using var index = new Bm25().Of(["今天下大雨", "明年有太阳"]);
        var hits = index.Search(["大雨天", "下大雨", "天"], 5);
        Assert.Equal([0, 1], hits[0].Select(hit => hit.Text));
        Assert.Equal(Math.Log(2), hits[0][0].Score, 1e-6);
        Assert.Equal(0, hits[0][1].Score);
        Assert.Equal(2 * Math.Log(2), hits[1][0].Score, 1e-6);
        Assert.All(hits[2], hit => Assert.Equal(0, hit.Score));
    }

    [Fact]
    public void Settings_are_those_of_the_formula()
    {
        using var index = new Bm25 { K1 = 2, B = 0 }.Of(["a a a b", "b"]);
        // Without b the length does not count: ln(1 + 1.5 / 1.5) · 3 · 3 / (3 + 2).
        Assert.Equal(Math.Log(2) * 9 / 5, index.Search(["a"], 1)[0][0].Score, 1e-6);
        // A word that is asked for twice counts twice; of equal scores the first text is first.
        var twice = index.Search(["b b"], 2)[0];
        Assert.Equal([0, 1], twice.Select(hit => hit.Text));
        Assert.Equal(2 * Math.Log(1 + 0.5 / 2.5), twice[0].Score, 1e-6);
        Assert.Contains("has no vectors", Assert.Throws<RunException>(() => index.Vectors(["a"])).Message, StringComparison.Ordinal);
    }
}
