using Papers.Sources;
using TaskDsl.Data.Stages;
using Xunit;

namespace Papers.Tests;

/// <summary>Sentences with mistakes, and pages with noise: the laws that they follow, and what is held out by construction.</summary>
public class EditSourcesTests
{
    [Fact]
    public void Mistakes_are_of_four_kinds_and_a_third_of_sentences_has_none()
    {
        var source = new Corruptions();
        var (same, shorter, longer, reordered, agreed) = (0, 0, 0, 0, 0);
        for (var i = 0; i < 3000; i++)
        {
            var record = source.Record(i);
            string[] wrong = ((string)record["written"]!).Split(' '),
                right = ((string)record["corrected"]!).Split(' ');
            same += wrong.SequenceEqual(right) ? 1 : 0;
            shorter += wrong.Length < right.Length ? 1 : 0;
            longer += wrong.Length > right.Length ? 1 : 0;
            var isSameWords = wrong.Order().SequenceEqual(right.Order());
            reordered += isSameWords && !wrong.SequenceEqual(right) ? 1 : 0;
            agreed += !isSameWords && wrong.Length == right.Length ? 1 : 0;
        }

        Assert.InRange(same, 1000, 1800);
        Assert.All((int[])[shorter, longer, agreed], count => Assert.InRange(count, 200, 1200));
        Assert.InRange(reordered, 50, 600);
    }

    [Fact]
    public void Sentences_that_are_tested_are_never_learnt()
    {
        var learnt = Enumerable.Range(0, 5000).Select(i => (string)new Corruptions { Seed = 1 }.Record(i)["corrected"]!).ToHashSet();
        Assert.All(
            Enumerable.Range(0, 500).Select(i => (string)new Corruptions { Seed = 3, HeldOut = true }.Record(i)["corrected"]!),
            tested => Assert.DoesNotContain(tested, learnt)
        );
        // By the line, and not by luck: no seed has any on both sides.
        Assert.All(Enumerable.Range(0, 500), i =>
            Assert.NotEqual(
                (string)new Corruptions { Seed = 3 }.Record(i)["corrected"]!,
                (string)new Corruptions { Seed = 3, HeldOut = true }.Record(i)["corrected"]!
            )
        );
    }

    [Fact]
    public void The_program_of_a_page_makes_it_clean()
    {
        var stage = new ApplyEdits
        {
            Of = "page",
            By = "program",
            LeastWords = 0,
            MostRemoved = 1,
        };
        var (spam, clean) = (0, 0);
        for (var i = 0; i < 2000; i++)
        {
            var record = new Crawled { NewNoise = i % 2 == 0 }.Record(i);
            var refined = stage.Refined((string)record["page"]!, (string)record["program"]!, out _);
            var rest = (string)record["rest"]!;
            Assert.Equal((string)record["program"]! == "drop_doc()" ? null : $"{record["first"]}\n{rest}", refined);
            spam += refined is null ? 1 : 0;
            clean += (string)record["program"]! == "keep_doc()" ? 1 : 0;
        }

        Assert.InRange(spam, 220, 380); // Three in twenty.
        Assert.InRange(clean, 40, 600);
    }

    [Fact]
    public void What_a_remark_is_about_is_in_its_words()
    {
        // Each word votes for the topics that it stood beside in other remarks.
        var seen = new Dictionary<string, Dictionary<string, int>>();
        foreach (var (words, topic) in Enumerable.Range(0, 3000).Select(i => Of(new Remarks(), i)))
        foreach (var word in words)
        {
            var topics = seen.TryGetValue(word, out var known) ? known : seen[word] = [];
            topics[topic] = topics.GetValueOrDefault(topic) + 1;
        }

        var right = 0;
        foreach (var (words, topic) in Enumerable.Range(0, 300).Select(i => Of(new Remarks { Seed = 2 }, i)))
        {
            Assert.Equal(8, words.Length);
            var votes = words.SelectMany(word => Shares(seen[word])).GroupBy(v => v.Key).ToDictionary(g => g.Key, g => g.Sum(v => v.Value));
            right += votes.MaxBy(vote => vote.Value).Key == topic ? 1 : 0;
        }

        Assert.InRange(right, 285, 300);

        static IEnumerable<KeyValuePair<string, double>> Shares(Dictionary<string, int> topics) =>
            topics.Select(topic => KeyValuePair.Create(topic.Key, (double)topic.Value / topics.Values.Sum()));

        static (string[] Words, string Topic) Of(Remarks source, int number)
        {
            var record = source.Record(number);
            return (((string)record["remark"]!).Split(' '), (string)record["topic"]!);
        }
    }

    [Fact]
    public void Noise_that_is_tested_is_never_learnt_and_a_page_without_any_has_none()
    {
        HashSet<string> learnt = [.. Lines(new Crawled())];
        Assert.DoesNotContain(Lines(new Crawled { NewNoise = true, Seed = 5 }), learnt.Contains);
        Assert.Empty(Lines(new Crawled { Noise = 0, Seed = 5 }));

        static IEnumerable<string> Lines(Crawled source) =>
            from number in Enumerable.Range(0, 3000)
            from line in ((string)source.Record(number)["page"]!).Split('\n')
            where !line.StartsWith("the ", StringComparison.Ordinal)
            select line;
    }
}
