using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

/// <summary>Groups, rounds and sweeps written out: which steps there are, in which order, and what their names mean.</summary>
public sealed class UnrollingTests
{
    [Fact]
    public void A_group_has_names_of_its_own_and_sees_those_outside()
    {
        var pipeline = Of(
            ("base", Made()),
            ("g", Group(("a", Made("$base")), ("b", Made("$a", "$c")))),
            ("c", Made()),
            ("d", Made("$g.b"))
        );
        Assert.Equal(["base", "g.a <- base", "c", "g.b <- g.a c", "d <- g.b"], Written(pipeline));
    }

    [Fact]
    public void A_round_reads_what_the_one_before_has_made()
    {
        var group = Group(("a", Made("$old")), ("b", Made("$a", "$more"))) with
        {
            Repeat = new Repeat
            {
                Rounds = 3,
                Carry = new Dictionary<string, string> { ["old"] = "b", ["more"] = "a" },
            },
        };
        var pipeline = Of(("old", Made()), ("g", group), ("end", Made("$g.b", "$g.1.b", "$old")));
        Assert.Equal(
            [
                "old",
                "g.1.a <- old",
                "g.1.b <- g.1.a",
                "g.2.a <- g.1.b",
                "g.2.b <- g.2.a g.1.a",
                "g.3.a <- g.2.b",
                "g.3.b <- g.3.a g.2.a",
                "end <- g.3.b g.1.b old",
            ],
            Written(pipeline)
        );
    }

    [Fact]
    public void A_step_alone_has_rounds_too()
    {
        var step = Made("$old") with
        {
            Repeat = new Repeat
            {
                Rounds = 2,
                Carry = new Dictionary<string, string> { ["old"] = "a" },
            },
        };
        Assert.Equal(["old", "a.1 <- old", "a.2 <- a.1", "b <- a.2"], Written(Of(("old", Made()), ("a", step), ("b", Made("$a")))));
    }

    [Fact]
    public void A_sweep_is_a_step_for_each_cell_and_stands_in_lists()
    {
        var swept = PipelineStep.Swept(new Sweep { Over = Over("rank", "4", "8"), Seeds = [1, 2] }, each =>
            Made(each.Of("rank", 4, 8) * 10 + each.Seed, "$base")
        );
        var pipeline = Of(("base", Made()), ("a", swept), ("b", Made("$a")));
        Assert.Equal(
            [
                "base",
                "a[rank=4,seed=1] <- base",
                "a[rank=4,seed=2] <- base",
                "a[rank=8,seed=1] <- base",
                "a[rank=8,seed=2] <- base",
                "b <- a[rank=4,seed=1] a[rank=4,seed=2] a[rank=8,seed=1] a[rank=8,seed=2]",
            ],
            Written(pipeline)
        );
        Assert.Equal(
            [41, 42, 81, 82],
            Unrolling.Of(pipeline).Select(s => s.Step.Verb).OfType<MadeStep>().Select(s => s.Number).Where(n => n > 0)
        );
        Assert.Equal(
            ["$a[rank=4,seed=1]", "$a[rank=4,seed=2]", "$a[rank=8,seed=1]", "$a[rank=8,seed=2]"],
            ((MadeStep)Unrolling.Of(pipeline)[^1].Step.Verb).From
        );
    }

    [Fact]
    public void A_group_in_cells_in_rounds_reads_its_own()
    {
        var swept = PipelineStep.Swept(new Sweep { Seeds = [1, 2] }, each =>
            Group(("a", Made(each.Seed, "$old")), ("b", Made("$a"))) with
            {
                Repeat = new Repeat
                {
                    Rounds = 2,
                    Carry = new Dictionary<string, string> { ["old"] = "b" },
                },
            }
        );
        Assert.Equal(
            [
                "old",
                "g[seed=1].1.a <- old",
                "g[seed=1].1.b <- g[seed=1].1.a",
                "g[seed=1].2.a <- g[seed=1].1.b",
                "g[seed=1].2.b <- g[seed=1].2.a",
                "g[seed=2].1.a <- old",
                "g[seed=2].1.b <- g[seed=2].1.a",
                "g[seed=2].2.a <- g[seed=2].1.b",
                "g[seed=2].2.b <- g[seed=2].2.a",
                "end <- g[seed=1].2.b g[seed=2].2.b",
            ],
            Written(Of(("old", Made()), ("g", swept), ("end", Made("$g.b"))))
        );
    }

    [Fact]
    public void What_is_chosen_is_one_and_of_a_list_one_for_each_seed()
    {
        var sweep = new Sweep
        {
            Over = Over("rank", "4", "8"),
            Seeds = [1, 2],
            Choose = new Choose { By = "validation.accuracy" },
        };
        var swept = PipelineStep.Swept(sweep, each => Made(each.Of("rank", 4, 8) * 10 + each.Seed));
        var steps = Unrolling.Of(Of(("a", swept), ("one", new PipelineStep { Verb = new OneStep { From = "$a" } }), ("all", Made("$a"))));
        Assert.Equal(["a", "one", "all"], steps.Skip(4).Select(s => s.Name));
        Assert.Equal(["$rank=4,seed=1", "$rank=4,seed=2", "$rank=8,seed=1", "$rank=8,seed=2"], ((Chooser)steps[4].Step.Verb).Models);
        var one = Assert.Single(steps[5].Needs).Value;
        Assert.Equal(["rank=4,seed=1", "rank=4,seed=2", "rank=8,seed=1", "rank=8,seed=2"], one.Cells!.Keys);
        Assert.Equal(["$a[seed=1]", "$a[seed=2]"], ((MadeStep)steps[6].Step.Verb).From);
        Assert.Equal("a[rank=8,seed=2]", steps[6].Needs["a[seed=2]"].Cells!["rank=8"].Step);
    }

    [Theory]
    [InlineData("there is no step 'bse'; did you mean 'base'?", "$bse")]
    [InlineData("'$g' is a group and no result; it has $g.a.", "$g")]
    [InlineData("'g' has no step 'b'; did you mean 'a'?", "$g.b")]
    [InlineData("'$base.x': 'base' is no group, and has no 'x'.", "$base.x")]
    [InlineData("x -> x wait for each other", "$x")]
    [InlineData("makes 'examples' where 'model' is expected", "$texts")]
    [InlineData("'$r.3': 'r' has the rounds 1 to 2.", "$r.3")]
    public void A_name_that_means_nothing_is_told(string expected, string named)
    {
        var pipeline = Of(
            ("base", Made()),
            ("texts", new PipelineStep { Verb = new TextsStep() }),
            ("g", Group(("a", Made()))),
            ("r", Made() with { Repeat = new Repeat { Rounds = 2 } }),
            ("x", Made(named))
        );
        Assert.Contains(expected, Assert.Throws<RunException>(() => Unrolling.Of(pipeline)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'$a' is 2 results, one for each cell of its sweep, where one is expected; say which by 'choose'.", 1, 2)]
    [InlineData("a: two cells are called [seed=1]; give each value a name of its own, and each seed once.", 1, 1)]
    public void A_sweep_that_cannot_be_is_told(string expected, params int[] seeds)
    {
        var swept = PipelineStep.Swept(new Sweep { Seeds = seeds }, each => Made(each.Seed));
        var pipeline = Of(("a", swept), ("one", new PipelineStep { Verb = new OneStep { From = "$a" } }));
        Assert.Contains(expected, Assert.Throws<RunException>(() => Unrolling.Of(pipeline)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_swept_step_that_is_changed_as_if_it_were_none_is_told()
    {
        var swept = PipelineStep.Swept(new Sweep { Seeds = [1, 2] }, each => Made(each.Seed));
        Assert.Contains(
            "is changed by its method Change",
            Assert.Throws<RunException>(() => Unrolling.Of(Of(("a", swept with { Verb = new MadeStep { Number = 9 } })))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "made by PipelineStep.Swept",
            Assert.Throws<RunException>(() => Unrolling.Of(Of(("a", Made() with { Sweep = new Sweep { Seeds = [1] } })))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "a: the cells [seed=1] and [seed=2] are the same step.",
            Assert.Throws<RunException>(() => Unrolling.Of(Of(("a", swept.Change(_ => Made(5)))))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'x.y' is no name of a step",
            Assert.Throws<RunException>(() => Unrolling.Of(Of(("x.y", Made())))).Message,
            StringComparison.Ordinal
        );
        var changed = swept.Change(step => step with { Verb = ((MadeStep)step.Verb) with { From = ["$b"] } });
        Assert.Equal(["b", "a[seed=1] <- b", "a[seed=2] <- b"], Written(Of(("a", changed), ("b", Made()))));
        Assert.Throws<WordException>(() => PipelineStep.Swept(new Sweep { Over = Over("rank") }, each => Made(each.Of<int>("rank", []))));
        var error = Assert.Throws<RunException>(() => PipelineStep.Swept(new Sweep { Seeds = [1] }, each => Made(each.Of("rank", 4))));
        Assert.Equal("the sweep has no 'rank'.", error.Message);
    }

    [Theory]
    [InlineData("x", "'old: x' names no one result of a round; did you mean 'b'?")]
    public void A_carry_that_means_nothing_is_told(string value, string expected)
    {
        var group = Group(("b", Made("$old"))) with
        {
            Repeat = new Repeat
            {
                Rounds = 2,
                Carry = new Dictionary<string, string> { ["old"] = value },
            },
        };
        var error = Assert.Throws<RunException>(() => Unrolling.Of(Of(("old", Made()), ("g", group))));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static List<string> Written(Pipeline pipeline) =>
        [
            .. Unrolling
                .Of(pipeline)
                .Select(s => s.Name + (s.Needs.Count == 0 ? "" : $" <- {string.Join(' ', s.Needs.Values.Select(n => n.Step))}")),
        ];

    private static Pipeline Of(params (string Name, PipelineStep Step)[] steps) =>
        new() { Name = "p", Steps = steps.ToDictionary(s => s.Name, s => s.Step) };

    private static PipelineStep Group(params (string Name, PipelineStep Step)[] steps) =>
        new() { Verb = new StepsStep { Steps = steps.ToDictionary(s => s.Name, s => s.Step) } };

    private static PipelineStep Made(params string[] from) => Made(0, from);

    private static PipelineStep Made(int number, params string[] from) =>
        new()
        {
            Verb = new MadeStep { Number = number, From = from },
        };

    private static Dictionary<string, IReadOnlyList<AnyValue>> Over(string name, params string[] values) =>
        new() { [name] = [.. values.Select(v => new AnyValue(v))] };

    /// <summary>Makes a model of models.</summary>
    [Makes("model")]
    private sealed record MadeStep : Step
    {
        public int Number { get; init; }

        [StepResult("model")]
        public IReadOnlyList<string> From { get; init; } = [];

        public override void Shape(StepShape shape) { }

        public override void Run(StepContext step) { }
    }

    /// <summary>Reads one.</summary>
    [Makes("model")]
    private sealed record OneStep : Step
    {
        [StepResult("model")]
        public string From { get; init; } = "";

        public override void Shape(StepShape shape) { }

        public override void Run(StepContext step) { }
    }

    /// <summary>Makes something else.</summary>
    [Makes("examples")]
    private sealed record TextsStep : Step
    {
        public override void Shape(StepShape shape) { }

        public override void Run(StepContext step) { }
    }
}
