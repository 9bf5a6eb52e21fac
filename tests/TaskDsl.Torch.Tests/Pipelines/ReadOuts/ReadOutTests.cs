using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.ReadOuts;
using TaskDsl.Torch.Pipelines.Running;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines.ReadOuts;

/// <summary>Read-outs of hand-made tables.</summary>
public sealed class ReadOutTests
{
    [Fact]
    public void Statistics_are_of_what_differs_in_one_thing_alone()
    {
        TableCell[] cells = [Cell("a[shots=0]", 0.2), Cell("a[shots=1]", 0.6), Cell("a[shots=4]", 0.7), Cell("b[shots=0]", 0.5)];
        Assert.Equal([("a", 0.5), ("b", 0.5)], Read(new Mean { Metric = "accuracy", Over = "shots" }, cells));
        Assert.Equal([("a", 0.6), ("b", 0.5)], Read(new Median { Metric = "accuracy", Over = "shots" }, cells));
        Assert.Equal([("a", 0.2), ("b", 0.5)], Read(new Worst { Metric = "accuracy", Over = "shots" }, cells));
        Assert.Equal([("a", 0.7), ("b", 0.5)], Read(new Best { Metric = "accuracy", Over = "shots" }, cells));
        // ((−0.3)² + 0.1² + 0.2²) / 2 = 0.07
        Assert.Equal(
            [("a", Math.Round(Math.Sqrt(0.07), 12)), ("b", double.NaN)],
            Read(new Deviation { Metric = "accuracy", Over = "shots" }, cells)
        );
        Assert.Equal(
            [("all[shots=0]", 0.35), ("all[shots=1]", 0.6), ("all[shots=4]", 0.7)],
            Read(new Mean { Metric = "accuracy", Over = "column" }, cells)
        );
    }

    [Theory]
    [InlineData(20, 0.2, 4), InlineData(20, 0, 1), InlineData(20, 1, 20), InlineData(20, 0.21, 5), InlineData(10, 0.7, 7)]
    [InlineData(1, 0.5, 1), InlineData(4, 0.5, 2)]
    public void A_quantile_is_the_least_score_that_so_many_do_not_exceed(int count, double at, int place)
    {
        TableCell[] cells = [.. Enumerable.Range(1, count).Select(i => Cell($"a[seed={i}]", i * 7 % (count + 1) / 100.0)).Reverse()];
        var values = cells.Select(c => c.Score.Value).Order().ToList();
        // As it is told: the first whose share of scores up to it reaches the share.
        var told = values.First(v => values.Count(other => other <= v) >= at * count - 1e-9);
        var read = Read(
            new Quantile
            {
                Metric = "accuracy",
                Over = "seed",
                At = at,
            },
            cells
        );
        Assert.Equal([("a", Math.Round(told, 12))], read);
        Assert.Equal(Math.Round(values[place - 1], 12), read.Single().Item2);
    }

    [Fact]
    public void A_task_weighs_the_same_in_however_many_languages()
    {
        TableCell[] cells = [Cell("a", 0.2), Cell("a", 0.4, language: "zh"), Cell("a", 0.9, "u")];
        Assert.Equal([("a", 0.6)], Read(new Mean { Metric = "accuracy", Over = "task" }, cells));
        var byLanguage = new Mean { Metric = "accuracy", Over = "language" }
            .Read(cells)
            .ToList();
        Assert.Equal([("t", 0.3), ("u", 0.9)], byLanguage.Select(c => (c.Task, Math.Round(c.Score.Value, 12))));
    }

    [Fact]
    public void Resampled_scores_are_read_in_the_same_way()
    {
        TableCell[] cells = [Cell("a[seed=1]", 0.5, resampled: [0.4, 0.6, 0.5]), Cell("a[seed=2]", 0.3, resampled: [0.5, 0.1, 0.3])];
        var worst = Assert.Single(new Worst { Metric = "accuracy", Over = "seed" }.Read(cells));
        Assert.Equal([0.4, 0.1, 0.3], worst.Score.Resampled);
        Assert.Equal((0.3, true), (worst.Score.Value, worst.Score.HigherIsBetter));
        Assert.False(Assert.Single(new Deviation { Metric = "accuracy", Over = "seed" }.Read(cells)).Score.HigherIsBetter);
    }

    [Fact]
    public void Where_less_is_better_the_worst_is_the_greatest()
    {
        TableCell[] cells =
        [
            Cell("a[seed=1]", 2, better: false),
            Cell("a[seed=2]", 3, better: false),
            Cell("a[seed=3]", 2.5, better: false),
        ];
        Assert.Equal([("a", 3.0)], Read(new Worst { Metric = "x", Over = "seed" }, cells));
        Assert.Equal([("a", 2.0)], Read(new Best { Metric = "x", Over = "seed" }, cells));
        Assert.Equal([("a", 0.5)], Read(new Forgetting { Metric = "x", Over = "seed" }, cells));
    }

    [Fact]
    public void Forgetting_is_what_the_last_has_lost_of_the_best_before()
    {
        TableCell[] cells = [Cell("first", 0.5), Cell("second", 0.8), Cell("third", 0.6)];
        Assert.Equal([("all", 0.2)], Read(new Forgetting { Metric = "accuracy", Over = "column" }, cells));
        // What they are held against is none of them.
        TableCell[] held = [.. cells, Cell("majority", 0.1), Cell("random", 0.05)];
        Assert.Equal([("all", 0.2)], Read(new Forgetting { Metric = "accuracy", Over = "column" }, held));
        Assert.Equal([("all", -0.3)], Read(new Forgetting { Metric = "accuracy", Over = "column" }, cells[..2]));
        Assert.Equal([("all", double.NaN)], Read(new Forgetting { Metric = "accuracy", Over = "column" }, cells[..1]));
    }

    [Fact]
    public void The_smallest_setting_reaches_a_share_of_another_column_or_of_the_best()
    {
        TableCell[] cells =
        [
            Cell("small[rank=2]", 0.3),
            Cell("small[rank=16]", 0.8),
            Cell("small[rank=8]", 0.75),
            Cell("full", 0.85),
            Cell("small[rank=2]", 0.3, "u"),
            Cell("full", 0.9, "u"),
        ];
        var d90 = new Smallest
        {
            Metric = "accuracy",
            Over = "rank",
            Against = "full",
        };
        Assert.Equal([("small", 16), ("small", double.NaN)], Read(d90, cells)); // 0.9 · 0.85 = 0.765; nothing reaches 0.81
        Assert.Equal([("small", 8), ("small", 2)], Read(d90 with { Against = null }, cells)); // 0.9 · 0.8 = 0.72
        Assert.Equal([("small", 2), ("small", 2)], Read(d90 with { Share = 0.3 }, cells));
        var words = new Smallest { Metric = "accuracy", Over = "decoding" };
        var error = Assert.Throws<RunException>(() => Read(words, [Cell("a[decoding=greedy]", 1)]));
        Assert.Contains("'decoding' has the value 'greedy', which is no number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Correlations_are_those_of_the_reference()
    {
        // The examples in the documentation of scipy.stats.spearmanr and pearsonr.
        Assert.Equal(0.8207826816681233, R([1, 2, 3, 4, 5], [5, 6, 7, 8, 7], CorrelationKind.Spearman).R, 1e-12);
        Assert.Equal(-0.828503883588428, R([1, 2, 3, 4, 5, 6, 7], [10, 9, 2.5, 6, 4, 3, 2], CorrelationKind.Pearson).R, 1e-12);
        Assert.Equal([1.5, 3, 1.5, 4], Correlation.Ranks([2, 5, 2, 7]));
        Assert.Equal(double.NaN, R([1, 1, 1], [1, 2, 3], CorrelationKind.Pearson).R);
    }

    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4 }, new double[] { 1, 2, 3, 4 })]
    [InlineData(new double[] { 1, 2, 3, 4, 5 }, new double[] { 5, 6, 7, 8, 7 })]
    [InlineData(new double[] { 1, 2, 3, 4, 5, 6 }, new double[] { 2, 1, 4, 3, 6, 5 })]
    public void The_permutations_come_near_to_all_of_them(double[] x, double[] y)
    {
        var (r, p) = R(x, y, CorrelationKind.Spearman);
        var ranks = (X: Correlation.Ranks(x), Y: Correlation.Ranks(y));
        var all = Permutations([.. ranks.Y]).Select(shuffled => Correlation.Pearson(ranks.X, shuffled)).ToList();
        var exact = (double)all.Count(other => Math.Abs(other) >= Math.Abs(r) - 1e-12) / all.Count;
        Assert.InRange(p, exact - 0.02, exact + 0.02);
    }

    [Fact]
    public void Points_are_what_two_columns_have_in_common()
    {
        TableCell[] cells =
        [
            .. from task in new[] { "t", "u" }
            from model in new[] { "small", "large" }
            from shots in new[] { 0, 4 }
            select Cell($"{model}[shots={shots}]", shots + (model == "small" ? 0.1 : 0.3) + (task == "t" ? 0 : 0.05), task),
        ];
        var both = new Correlation { Metric = "accuracy", Between = ["shots=0", "shots=4"] };
        Assert.Equal(1, both.Read(cells).Single(c => c.Column.Name == "r").Score.Value, 1e-12);
        Assert.Equal(4, both.Read(cells).Single(c => c.Column.Name == "points").Score.Value);
        var few = both with { Between = ["small[shots=0]", "small[shots=4]"] };
        var error = Assert.Throws<RunException>(() => few.Read(cells).ToList());
        Assert.Equal("small[shots=0] and small[shots=4] have 2 point(s) in common; a correlation needs at least 3.", error.Message);
        error = Assert.Throws<RunException>(() => (both with { Between = ["smal[shots=0]", "shots=4"] }).Read(cells).ToList());
        Assert.Contains("there is no column 'smal[shots=0]'; did you mean 'small[shots=0]'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_is_means_over_groups_of_tasks()
    {
        TableCell[] cells = [Cell("a", 0.2), Cell("a", 0.4, language: "zh"), Cell("a", 0.9, "u"), Cell("a", 0.1, "v"), Cell("b", 0.5, "v")];
        var board = new Board
        {
            Metric = "accuracy",
            Groups = new Dictionary<string, IReadOnlyList<Tasks.DslTask>>
            {
                ["law"] = [new Training.LettersTask("t"), new Training.LettersTask("u")],
                ["bank"] = [new Training.LettersTask("v")],
            },
        };
        Assert.Equal(
            [("a", "law", 0.6), ("a", "bank", 0.1), ("b", "bank", 0.5)],
            board.Read(cells).Select(c => ($"{c.Column}", c.Task, Math.Round(c.Score.Value, 12)))
        );
        var unknown = board with
        {
            Groups = new Dictionary<string, IReadOnlyList<Tasks.DslTask>> { ["law"] = [new Training.LettersTask("w")] },
        };
        var error = Assert.Throws<RunException>(() => unknown.Read(cells).ToList());
        Assert.StartsWith("the group 'law' names the task 'w', of which no table has accuracy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Over_what_no_column_has_is_told()
    {
        var error = Assert.Throws<RunException>(() => Read(new Mean { Metric = "x", Over = "shot" }, [Cell("a[shots=1]", 1)]));
        Assert.Equal("no column is told apart by 'shot'; did you mean 'shots'?", error.Message);
    }

    private static (double R, double P) R(double[] x, double[] y, CorrelationKind kind)
    {
        TableCell[] cells = [.. x.Select((v, i) => Cell("x", v, $"t{i}")), .. y.Select((v, i) => Cell("y", v, $"t{i}"))];
        var read = new Correlation
        {
            Metric = "accuracy",
            Between = ["x", "y"],
            Of = kind,
        }
            .Read(cells)
            .ToDictionary(c => c.Column.Name, c => c.Score.Value);
        return (read["r"], read["p"]);
    }

    private static IEnumerable<double[]> Permutations(IReadOnlyList<double> of) =>
        of.Count == 0
            ?
            [
                [],
            ]
            : of.SelectMany((first, i) => Permutations([.. of.Where((_, k) => k != i)]).Select(rest => (double[])[first, .. rest]));

    private static IEnumerable<(string, double)> Read(ReadOut read, IReadOnlyList<TableCell> cells) =>
        read.Read(cells).Select(c => ($"{c.Column}", Math.Round(c.Score.Value, 12))).ToList();

    private static TableCell Cell(
        string column,
        double value,
        string task = "t",
        string language = "en",
        double[]? resampled = null,
        bool better = true
    ) =>
        new(TableColumn.Of(column), task, language, new MetricScore("x", value, value, value, better) { Resampled = resampled ?? [] })
        {
            Examples = 50,
        };
}
