using Papers.Sources;
using TaskDsl.Data;
using Xunit;

namespace Papers.Tests;

/// <summary>The laws of the data of papers 51, 65, 68 and 75, and what is held out of it by construction.</summary>
public class ContextSourcesTests
{
    [Fact]
    public void An_intents_texts_share_letters_and_have_one_digit()
    {
        var meant = new Dictionary<string, HashSet<char>>();
        for (var i = 0; i < 3000; i++)
        {
            var record = new Intents { World = 1, Seed = 4 }.Record(i);
            var (text, label) = ((string)record["text"]!, (string)record["label"]!);
            Assert.Equal(3, text.Length);
            foreach (var letter in text)
                (meant.TryGetValue(label, out var letters) ? letters : meant[label] = []).Add(letter);
        }

        Assert.Equal(10, meant.Count);
        // Without the texts that have another's letter, five letters each.
        var plain = Enumerable.Range(0, 3000).Select(i => new Intents { World = 1, Seed = 4 }.Record(i)).GroupBy(r => (string)r["label"]!);
        foreach (var intent in plain)
        {
            var often = intent.SelectMany(r => (string)r["text"]!).CountBy(letter => letter).OrderByDescending(c => c.Value).ToList();
            Assert.True(often.Skip(5).Sum(c => c.Value) < 0.05 * often.Sum(c => c.Value));
        }
    }

    [Fact]
    public void A_document_of_intents_has_four_of_a_world_of_its_own()
    {
        var worlds = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            var record = new Intents().Record(i);
            var lines = $"{record["first"]}\n{record["rest"]}".Split('\n');
            Assert.Equal(40, lines.Length);
            var digits = lines.Where((_, at) => at % 2 == 1).ToHashSet();
            Assert.InRange(digits.Count, 2, 4);
            worlds.Add(
                string.Join(' ', lines.Chunk(2).OrderBy(pair => pair[1], StringComparer.Ordinal).Select(pair => string.Concat(pair)))
            );
        }

        Assert.Equal(200, worlds.Count);
    }

    [Fact]
    public void What_a_hundred_people_say_is_what_persons_say_more_or_less_often()
    {
        var gold = new Surveys { Gold = true, Count = 60 };
        var topics = Enumerable.Range(0, 60).Select(i => gold.Record(i)).ToList();
        Assert.Equal(60, topics.Select(r => (string)r["topic"]!).Distinct().Count());
        var said = Enumerable
            .Range(0, 12_000)
            .Select(i => new Surveys { Seed = 3 }.Record(i))
            .GroupBy(r => (string)r["topic"]!)
            .ToDictionary(
                g => g.Key,
                g => g.SelectMany(r => r["answers"]!.AsArray().Select(a => (string)a!)).CountBy(a => a).ToDictionary()
            );
        foreach (var topic in topics)
        {
            Assert.Equal("z", (string)topic["person"]!);
            var counts = topic["answers"]!.AsArray().Select(a => (string)a!).CountBy(a => a).ToList();
            Assert.Equal(8, counts.Count);
            Assert.InRange(counts.Sum(c => c.Value), 97, 103);
            Assert.Equal(counts.OrderByDescending(c => c.Value).Select(c => c.Key), counts.Select(c => c.Key));
            Assert.True(said[(string)topic["topic"]!][counts[0].Key] > said[(string)topic["topic"]!].GetValueOrDefault(counts[7].Key));
        }

        Assert.DoesNotContain(Enumerable.Range(0, 2000), i => (string)new Surveys().Record(i)["person"]! == "z");
        Assert.All(Enumerable.Range(0, 500), i => Assert.Equal(3, new Surveys().Record(i)["answers"]!.AsArray().Count));
        var error = Assert.Throws<DataException>(() => new Surveys { Gold = true, Count = 61 }.Record(0));
        Assert.Contains("say 'count: 60' or less", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void English_and_the_rare_language_never_stand_side_by_side()
    {
        var pairs = new HashSet<(int, int)>();
        for (var i = 0; i < 3000; i++)
        {
            var record = new Tongues().Record(i);
            var lines = $"{record["first"]}\n{record["rest"]}".Split('\n');
            Assert.Equal(10, lines.Length);
            Assert.Single(lines.Where((_, at) => at % 2 == 1).Select(Language).Distinct());
            foreach (var pair in lines.Chunk(2))
                pairs.Add((Language(pair[0]), Language(pair[1])));
        }

        Assert.Equal(7 * 6 - 2, pairs.Count);
        Assert.DoesNotContain((0, 6), pairs);
        Assert.DoesNotContain((6, 0), pairs);
        // What is tested is translated word by word, each thing by one word.
        var words = new Dictionary<string, string>();
        for (var i = 0; i < 300; i++)
        {
            var record = new Tongues { From = 6 }.Record(i);
            foreach (var (own, english) in ((string)record["text"]!).Split(' ').Zip(((string)record["english"]!).Split(' ')))
                Assert.Equal(words.TryAdd(own, english) ? english : words[own], english);
            Assert.Equal((6, 0), (Language((string)record["text"]!), Language((string)record["english"]!)));
        }

        Assert.Equal((30, 30), (words.Count, words.Values.Distinct().Count()));

        static int Language(string sentence) =>
            "abcdefghijklmnopqrstuvwxABCDEFGHIJKLMNOPQRSTUVWX01234567".IndexOf(sentence[0], StringComparison.Ordinal) / 8;
    }

    [Fact]
    public void An_operation_orders_letters_and_the_first_tested_one_is_never_read()
    {
        var orders = new List<string>();
        for (var tested = 1; tested <= 12; tested++)
        {
            var source = new Reorderings { Tested = tested };
            var order = "0123";
            for (var i = 0; i < 40; i++)
            {
                var record = source.Record(i);
                var (text, result) = ((string)record["text"]!, (string)record["result"]!);
                Assert.Equal(text.Order(), result.Order());
                if (text.Distinct().Count() == 4)
                    order = string.Concat(result.Select(letter => text.IndexOf(letter, StringComparison.Ordinal)));
                var shown = ((string)record["shown"]!).Split('\n');
                Assert.Equal(4, shown.Length);
                Assert.All(shown, worked => Assert.Equal(worked[..4].Order(), worked[4..].Order()));
            }

            orders.Add(order);
        }

        Assert.Equal(12, orders.Distinct().Count());
        Assert.DoesNotContain("0123", orders);
        var names = Enumerable
            .Range(0, 6000)
            .Select(i => (string)new Reorderings().Record(i)["known"]!)
            .Where(known => known.Length == 2)
            .CountBy(name => name)
            .ToDictionary();
        int Read(int tested) => names.GetValueOrDefault((string)new Reorderings { Tested = tested }.Record(0)["name"]!);
        Assert.Equal(0, Read(1));
        var all = new Reorderings().Record(0);
        Assert.Equal(((string)all["asked"]!).Split(' '), ((string)all["answered"]!).Split(' ').Select(answered => answered[..4]));
        Assert.True(Read(2) < Read(6) && Read(6) < Read(9) && Read(9) < Read(12));
        // Instructions are of none of them.
        var told = Enumerable.Range(0, 500).Select(i => (string)new Reorderings { Instructed = true }.Record(i)["name"]!).ToHashSet();
        Assert.Equal(6, told.Count);
        Assert.DoesNotContain(Enumerable.Range(1, 12), tested =>
            told.Contains((string)new Reorderings { Tested = tested }.Record(0)["name"]!)
        );
    }
}
