using TaskDsl.Prompts;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Vocabulary;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

/// <summary>Cells of task × language × phrasing: how much of each an epoch has, counted in what it draws, against the formula.</summary>
public sealed class MixtureCellTests
{
    private static readonly MixturePart[] All = [MixturePart.Task, MixturePart.Language, MixturePart.Phrasing];

    /// <summary>Two phrasings in one language and three in the other, as xP3's sets have different numbers of prompts.</summary>
    [Theory, InlineData(1, 40), InlineData(1, 400), InlineData(3, 60)]
    public void An_epoch_has_of_each_cell_what_the_formula_says(double temperature, int cap)
    {
        var mixture = new Mixture
        {
            By = All,
            Cap = cap,
            Temperature = temperature,
        };
        var tasks = new[] { (Name: "short", En: 50, De: 7, Weight: 1.0), (Name: "long", En: 300, De: 100, Weight: 2.0) };
        var expected = new Dictionary<string, double>();
        foreach (var task in tasks)
        foreach (var (language, count, phrasings) in new[] { ("en", task.En, 2), ("de", task.De, 3) })
            for (var phrasing = 0; phrasing < phrasings; phrasing++)
                expected.Add($"{task.Name} {language} {phrasing}", task.Weight * Math.Min(count, cap));
        if (temperature > 1)
        {
            var all = expected.Values.Sum();
            var rates = tasks
                .SelectMany(t => new[] { ("en", t.En, 2), ("de", t.De, 3) }, (t, l) => (t, l))
                .SelectMany(x =>
                    Enumerable.Range(0, x.l.Item3).Select(p => (Key: $"{x.t.Name} {x.l.Item1} {p}", x.t.Weight, Count: x.l.Item2))
                )
                .ToDictionary(x => x.Key, x => x.Weight * Math.Pow(Math.Min(x.Count, cap), 1 / temperature));
            expected = rates.ToDictionary(r => r.Key, r => all * r.Value / rates.Values.Sum());
        }

        var drawn = Drawn(mixture, tasks, epoch: 0);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), drawn.Keys.Order(StringComparer.Ordinal));
        foreach (var (cell, count) in drawn)
            if (temperature == 1)
                Assert.Equal((int)expected[cell], count);
            else
                Assert.InRange(count, expected[cell] - 1, expected[cell] + 1);
    }

    /// <summary>A cap takes exactly as many, and others each epoch, until all were there.</summary>
    [Fact]
    public void A_cap_is_exact_whatever_the_numbers()
    {
        for (var count = 1; count < 400; count += 3)
        for (var cap = 1; cap < 120; cap += 7)
        {
            var expected = Math.Min(count, cap);
            var mixture = new Mixture { By = All, Cap = cap };
            for (var epoch = 0; epoch < 3; epoch++)
                Assert.Equal([expected, expected], Drawn(mixture, [("a", count, 0, 1)], epoch).Values);
        }
    }

    [Fact]
    public void Cells_hold_their_language_in_their_phrasing()
    {
        var (examples, prompt) = (Examples(5, 3), new TwoTongues("a"));
        var cells = MixtureCell.Of(prompt, examples, All);
        Assert.Equal(["a de 0", "a de 1", "a de 2", "a en 0", "a en 1"], cells.Select(c => c.Name));
        Assert.All(cells, cell => Assert.All(cell.Items!, i => Assert.Equal(cell.Name.Split(' ')[1], examples[i].Language)));
        Assert.All(cells, cell => Assert.Equal(cell.Name.Split(' ')[2], $"{cell.Phrasing}"));
        Assert.Equal(5 * 2 + 3 * 3, cells.Sum(cell => cell.Items!.Length));

        // Of both languages the first two phrasings; the third is one language's alone.
        Assert.Equal([8, 8, 3], MixtureCell.Of(prompt, examples, [MixturePart.Task, MixturePart.Phrasing]).Select(c => c.Items!.Length));
        Assert.Equal([3, 5], MixtureCell.Of(prompt, examples, [MixturePart.Task, MixturePart.Language]).Select(c => c.Items!.Length));
        Assert.Equal([new MixtureCell("a", null, null)], MixtureCell.Of(prompt, examples, [MixturePart.Task]));
    }

    [Fact]
    public void Texts_of_a_cell_are_in_its_phrasing()
    {
        using var model = TinyModel.Open();
        var (examples, prompt) = (Examples(3, 2), new TwoTongues("a"));
        foreach (var cell in MixtureCell.Of(prompt, examples, All))
        {
            using var source = new TaskSource
            {
                Prompt = prompt,
                Examples = examples,
                Demonstrations = new Demonstrations(examples, prompt.Demonstrations, 1),
                Tokenizer = model.Tokenizer,
                Seed = 1,
                Phrasing = cell.Phrasing,
            };
            var own = new CellSource(source, cell, 1);
            for (var i = 0; i < own.Count; i++)
            {
                var text = model.Tokenizer.Decode(own.Encode(i, i).Sequences[0].Ids);
                Assert.StartsWith($"{cell.Phrasing} {cell.Name.Split(' ')[1]} ", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Contains("by: [task, language]", Refused(MixturePart.Language), StringComparison.Ordinal);
        Assert.Contains("the same twice", Refused(MixturePart.Task, MixturePart.Task), StringComparison.Ordinal);

        static string Refused(params MixturePart[] by) =>
            Assert.Throws<WordException>(() => Mistakes.RefuseIn(new Mixture { By = by }, "mixture")).Message;
    }

    private static Dictionary<string, int> Drawn(Mixture mixture, (string Name, int En, int De, double Weight)[] tasks, int epoch)
    {
        var cells = tasks
            .SelectMany(task => MixtureCell.Of(new TwoTongues(task.Name), Examples(task.En, task.De), mixture.By).Select(c => (task, c)))
            .ToList();
        var shares = mixture.Shares([.. cells.Select(cell => (cell.task.Weight, cell.c.Items!.Length))]);
        var sources = cells.Zip(shares, (cell, share) => new CellSource(new FakeSource("x", 1, new int[9999]), cell.c, share)).ToList();
        var draws = new EpochDraws(sources, 1, epoch);
        return Enumerable.Range(0, draws.Count).CountBy(i => draws.At(i).Source.Name).ToDictionary();
    }

    private static LettersExample[] Examples(int english, int german) =>
        [
            .. Enumerable
                .Range(0, english + german)
                .Select(i => new LettersExample(new($"{(char)('A' + i % 26)}"), new("a")) { Language = i < english ? "en" : "de" }),
        ];

    private sealed class TwoTongues(string name) : LettersPrompt(new LettersTask(name))
    {
        public override int Phrasings(string language) => language == "en" ? 2 : 3;

        protected override void RenderUser(PromptBuffer buffer, object input, string language, int phrasing) =>
            buffer.Append($"{phrasing} {language} {((LettersInput)input).Text}");
    }
}
