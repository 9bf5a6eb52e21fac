using System.Text.Json;
using Papers.Proving;
using Papers.Sources;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;
using Xunit;

namespace Papers.Tests;

/// <summary>The papers, their proofs, and the page that says what came out.</summary>
public sealed class ProvingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("papers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_paper_has_a_proof_that_claims_something_for_three_seeds()
    {
        var papers = Paper.All(TaskCatalog.Default);
        Assert.Equal(papers.Select(p => p.Number).Order(), papers.Select(p => p.Number));
        Assert.Equal(
            TaskCatalog.Default.Definitions.OfType<Pipeline>().Select(p => p.Name).Order(StringComparer.Ordinal),
            papers.Select(p => p.Proof?.Name).Order(StringComparer.Ordinal)
        );
        foreach (var paper in papers)
        {
            Assert.NotEmpty(paper.Proof!.Expect);
            Assert.Equal([1, 2, 3], paper.Proof.Steps.Values.SelectMany(step => step.Sweep?.Seeds ?? []).Distinct().Order().Take(3));
        }
    }

    [Fact]
    public void A_row_stays_until_it_is_proved_again_or_expects_something_else()
    {
        var file = Path.Combine(folder, "papers.md");
        var (one, two) = (Of(1, "scores.a.accuracy > 0.5"), Of(2, "scores.b.accuracy > 0.5"));
        var page = new PapersPage(file, [one, two]);
        page.Write();
        Assert.Contains("| 1 | Paper 1 (arXiv 1) | It claims 1. | | not run yet | | | |", Rows(file)[0], StringComparison.Ordinal);

        page.Write(one, Finished(one, holds: true));
        page.Write(two, Finished(two, holds: false));
        var rows = Rows(file);
        Assert.Contains(
            "| `scores.a.accuracy > 0.5`: 0.700 against 0.500<br>seeds  | shown | 0:01:05 |",
            rows[0],
            StringComparison.Ordinal
        );
        Assert.Contains("| **not** `scores.b.accuracy > 0.5`", rows[1], StringComparison.Ordinal);
        Assert.Contains("| not shown | 0:01:05 | 2026-11-30 |", rows[1], StringComparison.Ordinal);

        // The first is expected to do more by now: what was measured is not what is claimed.
        new PapersPage(file, [Of(1, "scores.a.accuracy > 0.9"), two]).Write();
        Assert.Contains("| not run yet |", Rows(file)[0], StringComparison.Ordinal);
        Assert.Equal(rows[1], Rows(file)[1]);
    }

    [Fact]
    public void A_smoke_trains_a_few_steps_with_one_seed()
    {
        var proof = Paper.All(TaskCatalog.Default).Single(paper => paper.Number == 64).Proof!;
        var small = Smoke.Of(proof);
        Assert.Equal(proof.Steps.Keys, small.Steps.Keys);
        var options = new PipelineOptions { Runs = new() { RunsDirectory = folder } };
        Assert.All(small.Plan(options).Select(step => step.Step.Verb).OfType<TrainStep>(), train =>
            Assert.Equal((1, 2), (train.Recipe.Seed, train.Recipe.Budget.Steps))
        );
        // Of three seeds of five arms one seed each; the data and the table besides.
        Assert.Equal(5 + 5 + 1, small.Plan(options).Count(step => step.Why is not null));
        Assert.Equal(15 + 5 + 1, proof.Plan(options).Count(step => step.Why is not null));
    }

    [Fact]
    public void A_smoke_reaches_into_groups_and_keeps_what_else_is_swept()
    {
        var proof = Paper.All(TaskCatalog.Default).Single(paper => paper.Number == 77).Proof!;
        var options = new PipelineOptions { Runs = new() { RunsDirectory = folder } };
        var trained = Smoke.Of(proof).Plan(options).Where(step => step.Step.Verb is TrainStep).ToList();
        Assert.Equal(
            ["all[seed=1]", "each[seed=1]", .. from count in (int[])[10, 250, 50] select $"few[count={count},seed=1].tuned"],
            trained.Select(step => step.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(trained, step => Assert.Equal(2, ((TrainStep)step.Step.Verb).Recipe.Budget.Steps));
    }

    [Fact]
    public async Task A_proof_that_cannot_run_keeps_the_others_from_nothing()
    {
        var file = Path.Combine(folder, "papers.md");
        var some = new DataStep { Task = Rewrite.Task, Sources = [new Rewrites { Count = 3 }] };
        // The first is told while it is planned: its step names one that is not there.
        var wrong = Of(1, some with { Examples = ["$nowhere"] });
        var right = Of(2, some);
        var options = new PipelineOptions
        {
            Runs = new() { RunsDirectory = folder, ProjectDirectory = folder },
        };
        Assert.Throws<RunException>(() => wrong.Proof!.Plan(options));
        var code = await ProveVerb.ProveAsync(
            new PapersPage(file, [wrong, right]),
            [wrong, right],
            options,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("| not run yet |", Rows(file)[0], StringComparison.Ordinal);
        Assert.Contains("| shown |", Rows(file)[1], StringComparison.Ordinal);

        static Paper Of(int number, Step verb) =>
            new(
                number,
                "Paper",
                "arXiv",
                "So.",
                new Pipeline
                {
                    Name = $"proof_{number}",
                    Steps = new Dictionary<string, PipelineStep> { ["some"] = new() { Verb = verb } },
                }
            );
    }

    [Theory]
    [InlineData("", "it begins")]
    [InlineData("# 3 Experts (arXiv 1)\n\n**Claim.** So.\n", "it begins")]
    [InlineData("# 3. Experts (arXiv 1)\n\nClaim: so.\n", "a line begins '**Claim.** '")]
    public void A_page_that_is_not_one_is_told(string text, string expected)
    {
        var page = Path.Combine(folder, "README.md");
        File.WriteAllText(page, text);
        var error = Assert.Throws<WordException>(() => Paper.Read(page, TaskCatalog.Default));
        Assert.StartsWith(page, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static Paper Of(int number, string expected) =>
        new(
            number,
            $"Paper {number}",
            $"arXiv {number}",
            $"It claims {number}.",
            new Pipeline
            {
                Name = $"proof_{number}",
                Steps = new Dictionary<string, PipelineStep>(),
                Expect = [expected],
            }
        );

    private FinishedPipeline Finished(Paper paper, bool holds)
    {
        var step = Directory.CreateDirectory(Path.Combine(folder, $"{paper.Number}")).FullName;
        var record = new StepRecord { Seconds = 65.2, Finished = new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero) };
        File.WriteAllText(Path.Combine(step, "step.json"), JsonSerializer.Serialize(record, DefinitionJson.Options));
        var planned = new PlannedStep(
            "scores",
            new PipelineStep
            {
                Verb = new EvaluateStep { Models = [], Tasks = [] },
            },
            step,
            null!,
            null
        );
        return new FinishedPipeline([planned], [new Gate(paper.Proof!.Expect[0], holds, "0.700 against 0.500")]);
    }

    private static List<string> Rows(string file) => [.. File.ReadLines(file).Where(line => line.Length > 2 && char.IsAsciiDigit(line[2]))];
}
