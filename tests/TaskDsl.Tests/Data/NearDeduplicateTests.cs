using System.Text.Json;
using System.Text.RegularExpressions;
using TaskDsl.Data;
using TaskDsl.Data.Stages;

namespace TaskDsl.Tests.Data;

/// <summary>Near duplicates against a comparison of all pairs, with sets of strings.</summary>
public sealed class NearDeduplicateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-near-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, InlineData(0.5, 3), InlineData(0.7, 2), InlineData(0.8, 3), InlineData(0.9, 1), InlineData(1.0, 3)]
    public async Task Agree_with_the_comparison_of_all_pairs(double threshold, int words)
    {
        var texts = Texts(400);
        var kept = (await Run(texts, new NearDeduplicate { Threshold = threshold, Words = words }))
            .Select(line => (int)line - 1)
            .ToHashSet();
        var sets = texts.Select(text => Shingles(text, words)).ToList();
        var (found, missed) = (0, 0);
        for (var i = 0; i < texts.Count; i++)
        {
            var isNear = Enumerable.Range(0, i).Any(j => kept.Contains(j) && Jaccard(sets[i], sets[j]) >= threshold);
            // What is left out has its like among those kept: always.
            if (!kept.Contains(i))
                Assert.True(isNear, $"{i} was left out and is like none of those kept: {texts[i]}");
            if (isNear && kept.Contains(i))
                missed++;
            if (!kept.Contains(i))
                found++;
        }

        Assert.InRange(found, 20, 399);
        Assert.True(missed <= 0.02 * found, $"{missed} missed, {found} found");
    }

    [Fact]
    public async Task What_is_the_same_but_for_case_signs_and_spaces_is_near()
    {
        string[] texts =
        [
            "The tenant shall pay the rent, monthly.",
            "the tenant  SHALL pay; the rent monthly",
            "承租人应按月支付租金。",
            "承租人，应按月支付租金",
            "承租人应按年支付租金",
            "...",
            "!!!",
            "?",
            "one",
            "One!",
        ];
        Assert.Equal([1, 3, 5, 6, 7, 8, 9], (await Run(texts, new NearDeduplicate { Threshold = 0.9 })).Order());
    }

    [Fact]
    public async Task The_report_says_what_it_is_like()
    {
        Write(["a b c d e f", "a b c d e f g"]);
        using var data = await Note.Build()
            .FromJsonl("a.jsonl")
            .With(new NearDeduplicate())
            .ToDatasetAsync(new DataOptions { ProjectDirectory = folder });
        Assert.Equal("a.jsonl(2): near duplicate of a.jsonl(1) (0.80)", Assert.Single(data.Report.DroppedSamples));
        Assert.Equal(1, data.Report.Dropped["near duplicate"]);
    }

    private async Task<List<long>> Run(IEnumerable<string> texts, NearDeduplicate stage)
    {
        Write(texts);
        using var data = await Note.Build().FromJsonl("a.jsonl").With(stage).ToDatasetAsync(new DataOptions { ProjectDirectory = folder });
        return [.. data.Train.Concat(data.Validation).Concat(data.Test).Select(e => e.Origin.Line)];
    }

    // Families of texts: some words of a first one changed, in two scripts.
    private static List<string> Texts(int count)
    {
        var random = new Random(3);
        var texts = new List<string>();
        while (texts.Count < count)
        {
            var latin = random.Next(2) == 0;
            var words = Enumerable.Range(0, random.Next(4, 60)).Select(_ => Word()).ToArray();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                texts.Add(string.Join(latin ? " " : "", words));
                for (var changes = random.Next(4); changes > 0; changes--)
                    words[random.Next(words.Length)] = Word();
            }

            string Word() => latin ? $"w{random.Next(300)}" : ((char)(0x4E00 + random.Next(300))).ToString();
        }

        return texts;
    }

    private static HashSet<string> Shingles(string text, int words)
    {
        var tokens = Regex.Matches(text.ToLowerInvariant(), @"[\u4e00-\u9fff]|[a-z0-9]+").Select(m => m.Value).ToList();
        return [.. Enumerable.Range(0, Math.Max(1, tokens.Count - words + 1)).Select(i => string.Join(' ', tokens.Skip(i).Take(words)))];
    }

    private static double Jaccard(HashSet<string> a, HashSet<string> b) => a.Intersect(b).Count() / (double)a.Union(b).Count();

    private void Write(IEnumerable<string> texts) =>
        File.WriteAllLines(Path.Combine(folder, "a.jsonl"), texts.Select(text => JsonSerializer.Serialize(new { text, mood = "good" })));
}
