using Papers.Sources;
using TaskDsl.Data;
using TaskDsl.Tasks;
using Xunit;

namespace Papers.Tests;

/// <summary>The laws that the papers' data follow, and what is held out by construction.</summary>
public class SourcesTests
{
    [Fact]
    public void A_rewrite_replaces_the_leftmost_letter_and_nothing_else()
    {
        var source = new Rewrites { Rules = 550, Seed = 5 };
        var (same, twice) = (0, 0);
        foreach (var (rule, text, result) in Enumerable.Range(0, 4000).Select(i => Three(source, i, "rule")))
        {
            var at = text.IndexOf(rule[0], StringComparison.Ordinal);
            Assert.Equal(at < 0 ? text : text[..at] + rule[1] + text[(at + 1)..], result);
            (same, twice) = (same + (at < 0 ? 1 : 0), twice + (text.Count(letter => letter == rule[0]) > 1 ? 1 : 0));
        }

        Assert.InRange(same / 4000.0, 0.17, 0.23);
        Assert.InRange(twice, 1000, 2200); // Else leftmost would say nothing.
    }

    [Fact]
    public void Rules_that_are_tested_are_never_learnt()
    {
        var learnt = Rules(new Rewrites { Rules = 550 })
            .Union(
                Rules(
                    new Rewrites
                    {
                        Rules = 100,
                        Form = RuleForm.Vowels,
                        Seed = 9,
                    }
                )
            );
        HashSet<string> tested =
        [
            .. Rules(new Rewrites { Rules = 100, Form = RuleForm.Unseen }),
            .. Rules(new Rewrites { Rules = 60, Form = RuleForm.UnseenConsonants }),
        ];
        Assert.Empty(tested.Intersect(learnt));
        Assert.Equal(100, tested.Count);
        Assert.Equal(650, learnt.Union(tested).Count());
        Assert.All(Rules(new Rewrites { Rules = 100, Form = RuleForm.Vowels }), rule => Assert.Contains(rule[0], "aeiou"));
        Assert.All(Rules(new Rewrites { Rules = 60, Form = RuleForm.UnseenConsonants }), rule => Assert.DoesNotContain(rule[0], "aeiou"));
        Assert.Subset(Rules(new Rewrites { Rules = 16 }), Rules(new Rewrites { Rules = 4, Seed = 8 }));
        Assert.Throws<DataException>(() => new Rewrites { Rules = 550, Form = RuleForm.Vowels }.Record(0));

        static HashSet<string> Rules(Rewrites source) => [.. Enumerable.Range(0, 20_000).Select(i => (string)source.Record(i)["rule"]!)];
    }

    [Fact]
    public void A_mapping_answers_as_its_pairs_say()
    {
        var plain = new Mappings();
        foreach (var source in (Mappings[])[plain, plain with { Fixed = 16 }, plain with { Alphabet = Alphabet.Upper }])
            for (var i = 0; i < 300; i++)
            {
                var lines = ((string)source.Record(i)["shown"]!).Split('\n');
                var (symbol, label) = ((string)source.Record(i)["symbol"]!, (string)source.Record(i)["label"]!);
                Assert.Equal(8, lines.Length);
                Assert.Contains($"{symbol}{Array.IndexOf(["zero", "one", "two", "three"], label)}", lines);
                Assert.Equal(source.Alphabet == Alphabet.Upper, char.IsUpper(symbol[0]));
            }
    }

    [Fact]
    public void Fixed_mappings_are_few_whatever_the_seed_and_new_ones_are_new()
    {
        HashSet<string> all = [.. Of(new Mappings { Fixed = 16 }), .. Of(new Mappings { Fixed = 16, Seed = 7 })];
        Assert.Equal(16, all.Count);
        Assert.InRange(Of(new Mappings()).Distinct().Count(), 480, 500);
        foreach (var near in Of(new Mappings { Fixed = 16, Changed = 3 }))
            Assert.Contains(3, all.Select(mapping => mapping.Zip(near, (a, b) => a == b ? 0 : 1).Sum()));

        static IEnumerable<string> Of(Mappings source) =>
            Enumerable
                .Range(0, 500)
                .Select(i => ((string)source.Record(i)["shown"]!).Split('\n').OrderBy(pair => pair[0]))
                .Select(pairs => string.Concat(pairs.Select(pair => pair[1])));
    }

    [Fact]
    public void No_training_text_spells_a_mapping_that_is_tested()
    {
        var learnt = new DslTask[] { ReadMapping.Task, FixedMapping.Task }
            .SelectMany(Sources)
            .Where(s => s.Split != SplitName.Test)
            .SelectMany(Spelt)
            .ToHashSet();
        var tested = new DslTask[] { Mapping.Task, NearMapping.Task }
            .SelectMany(Sources)
            .ToList();
        Assert.Equal(2, tested.Count);
        Assert.All(tested, source => Assert.Empty(Spelt(source).Intersect(learnt)));
        Assert.InRange(learnt.Count, 5_000, 24_000);

        // What is held out by the hash, and not by luck: without it many are learnt.
        Assert.InRange(Spelt(tested[0] with { HeldOut = false }).Count(learnt.Contains), 20, 400);
        Assert.Throws<DataException>(() => new Mappings { Fixed = 16, HeldOut = true }.Record(0));

        static IEnumerable<Mappings> Sources(DslTask task) => task.Examples.OfType<Mappings>();

        // What is shown and what is answered together, where that is all of it.
        static IEnumerable<string> Spelt(Mappings source) =>
            from record in Enumerable.Range(0, source.Count).Select(source.Record)
            let shown = ((string)record["shown"]!).Split('\n').Where(pair => pair.Length > 0)
            let asked = ((string)record["answered"]!).Chunk(2).Select(pair => new string(pair))
            let all = shown.Union(asked).Order(StringComparer.Ordinal).ToList()
            where all.Count == 8
            select string.Concat(all.Select(pair => pair[1]));
    }

    [Fact]
    public void Two_operations_are_done_one_behind_the_other()
    {
        var results = new Dictionary<string, string>();
        for (var i = 0; i < 3000; i++)
        {
            var (instruction, text, result) = Three(new Instructions(), i, "instruction");
            results.TryAdd(instruction, $"{text} {result}");
            if (instruction == "reverse mark")
                Assert.Equal(new string([.. text.Reverse()]) + ".", result);
            if (instruction == "double half")
                Assert.Equal(string.Concat(text.Select(c => $"{c}{c}"))[..5], result);
            if (instruction == "rotate reverse")
                Assert.Equal(text[..1] + new string([.. text[1..].Reverse()]), result);
        }

        Assert.Equal(20, results.Count);
    }

    [Fact]
    public void Tasks_families_and_texts_that_are_tested_are_never_learnt()
    {
        var (learnt, texts) = Of(new Instructions(), 20_000);
        var (tasks, _) = Of(new Instructions { Level = Level.Task }, 2000);
        var (families, _) = Of(new Instructions { Level = Level.Family }, 2000);
        Assert.Equal((20, 5, 5), (learnt.Count, tasks.Count, families.Count));
        Assert.Empty(learnt.Intersect(tasks).Concat(learnt.Intersect(families)).Concat(tasks.Intersect(families)));
        Assert.Subset(Firsts(learnt), Firsts(tasks));
        Assert.Empty(Firsts(learnt).Intersect(Firsts(families)));
        foreach (var level in (Level[])[Level.Instance, Level.Task, Level.Family])
            Assert.Empty(texts.Intersect(Of(new Instructions { Level = level, Seed = 4 }, 2000).Texts));

        // Sixteen tasks have every operation in them; a smaller number is part of a larger.
        var sixteen = Of(new Instructions { Tasks = 16 }, 5000).Tasks;
        Assert.Equal(6, sixteen.SelectMany(task => task.Split(' ')).Distinct().Count());
        var two = Of(new Instructions { Tasks = 2, Seed = 3 }, 500).Tasks;
        Assert.Subset(sixteen, two);

        // What decides is of families and operations that the fewest tasks have, each in its place, and so all.
        var shared = Of(new Instructions { Tasks = 2, Level = Level.Task }, 500).Tasks;
        Assert.Equal(Firsts(two), Firsts(shared));
        Assert.Equal(Seconds(two), Seconds(shared));
        Assert.Equal(2, shared.Count);
        Assert.Equal(5, Firsts(sixteen).Count);
        Assert.Subset(tasks, shared);

        static (HashSet<string> Tasks, HashSet<string> Texts) Of(Instructions source, int count)
        {
            var all = Enumerable.Range(0, count).Select(i => Three(source, i, "instruction")).ToList();
            return ([.. all.Select(a => a.First)], [.. all.Select(a => a.Text)]);
        }

        static HashSet<string> Seconds(IEnumerable<string> tasks) => [.. tasks.Select(task => task.Split(' ')[1])];

        static HashSet<string> Firsts(IEnumerable<string> tasks) => [.. tasks.Select(task => task.Split(' ')[0])];
    }

    [Fact]
    public void A_seventh_project_is_like_none_of_the_six()
    {
        var six = Enumerable.Range(0, 6).Select(project => Test(new Snippets { First = project })).ToList();
        Assert.DoesNotContain(Test(new Snippets { First = 6 }), six);
        var mixed = new Snippets { Projects = 6 };
        Assert.Equal(6, Enumerable.Range(0, 300).Select(i => Shape((string)mixed.Record(i)["test"]!)).Distinct().Count());

        // The methods are drawn before anything else that a project has a say in.
        static string Test(Snippets source) => Shape((string)source.Record(0)["test"]!);

        static string Shape(string test) =>
            string.Join(' ', test.Split([.. " ().,:="], StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length == 6));
    }

    [Fact]
    public void What_is_shown_is_other_methods_of_the_same_project()
    {
        for (var i = 0; i < 200; i++)
        {
            var record = new Snippets
            {
                First = 100,
                Projects = 900,
                Shown = 3,
            }.Record(i);
            var lines = ((string)record["shown"]!).Split('\n');
            Assert.Equal(6, lines.Length);
            Assert.DoesNotContain((string)record["method"]!, lines.Where((_, at) => at % 2 == 0));
            var own = Shape((string)record["method"]!, (string)record["test"]!);
            Assert.All(lines.Chunk(2), pair => Assert.Equal(own, Shape(pair[0], pair[1])));
        }

        // Without the method's words, what is left of a test is its project's.
        static string Shape(string method, string test) =>
            method
                .Split(' ')
                .OrderByDescending(word => word.Length)
                .Aggregate(test, (text, word) => text.Replace(word, "", StringComparison.OrdinalIgnoreCase));
    }

    private static (string First, string Text, string Result) Three(SyntheticSource source, int number, string first)
    {
        var record = source.Record(number);
        return ((string)record[first]!, (string)record["text"]!, (string)record["result"]!);
    }
}
