using System.CommandLine;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace Papers.Proving;

/// <summary><c>prove</c>: runs the proofs of papers, and writes what came out into docs/papers.md.</summary>
internal static class ProveVerb
{
    private static readonly IAnsiConsole Console = Terminal.Output();

    public static Command Create(Catalog catalog)
    {
        var which = new Argument<string[]>("paper") { Description = "Numbers of papers, or all.", Arity = ArgumentArity.OneOrMore };
        var smoke = new Option<bool>("--smoke") { Description = "A few steps of each, to see that they run; writes nothing." };
        var command = new Command("prove", "Run the proofs of papers: what is finished is kept. Writes docs/papers.md.") { which, smoke };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var papers = Paper.All(catalog);
                var chosen = Chosen(papers, parsed.GetValue(which)!);
                return parsed.GetValue(smoke)
                    ? SmokeAsync(chosen, cancellation)
                    : ProveAsync(new PapersPage(Page(catalog), papers), chosen, new PipelineOptions(), cancellation);
            }
        );
        return command;
    }

    /// <summary>Runs the proofs of papers one behind the other, and writes each into the page as it is finished.</summary>
    /// <param name="page">The page.</param>
    /// <param name="papers">The papers.</param>
    /// <param name="options">Where the runs lie.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code: a mistake where one of them could not run.</returns>
    internal static async Task<int> ProveAsync(
        PapersPage page,
        IReadOnlyList<Paper> papers,
        PipelineOptions options,
        CancellationToken cancellationToken
    )
    {
        page.Write();
        var isWhole = true;
        foreach (var paper in papers)
        {
            Console.MarkupLineInterpolated($"[bold]{paper.Number}. {paper.Title}[/]  {paper.Proof!.Summary}");
            try
            {
                if (IsAbsent(paper, options))
                    continue;
                var finished = await LiveProgress.RunAsync(Console, progress => paper.Proof.RunAsync(options, progress, cancellationToken));
                foreach (var gate in finished.Gates)
                    Console.MarkupLineInterpolated($"{(gate.Holds ? "holds" : "does not hold")}: {gate.Text}  ({gate.Words})");
                Console.MarkupLineInterpolated($"[bold]{PapersPage.Verdict(finished)}[/]");
                page.Write(paper, finished);
            }
            catch (Exception e) when (e is (RunException or DataException) and not RunStorageException)
            {
                // One that cannot run keeps the others from nothing.
                Console.MarkupLineInterpolated($"[red]error:[/] {paper.Number}. {paper.Title}: {e.Message}");
                isWhole = false;
            }
        }

        return isWhole ? ExitCode.Success : ExitCode.Mistake;
    }

    private static async Task<int> SmokeAsync(IReadOnlyList<Paper> papers, CancellationToken cancellationToken)
    {
        var runs = Directory.CreateTempSubdirectory("papers-");
        try
        {
            var options = new PipelineOptions { Runs = new RunOptions { RunsDirectory = runs.FullName } };
            foreach (var paper in papers.Where(paper => !IsAbsent(paper, options)))
            {
                var finished = await Smoke.Of(paper.Proof!).RunAsync(options, cancellationToken: cancellationToken);
                var seconds = finished.Steps.DistinctBy(step => step.Folder).Sum(step => step.Record!.Seconds);
                Console.MarkupLineInterpolated($"{paper.Number}. {paper.Title}: {finished.Steps.Count} steps run, {seconds:0} s");
            }

            return ExitCode.Success;
        }
        finally
        {
            runs.Delete(recursive: true);
        }
    }

    /// <summary>Says where a proof's data is not there: public sets lie beside the repository, or nowhere.</summary>
    private static bool IsAbsent(Paper paper, PipelineOptions options)
    {
        try
        {
            paper.Proof!.Plan(options);
            return false;
        }
        catch (DataException e)
        {
            Console.MarkupLineInterpolated($"[yellow]note:[/] {paper.Number}. {paper.Title} is left out: {e.Message}");
            return true;
        }
    }

    private static List<Paper> Chosen(IReadOnlyList<Paper> papers, string[] named)
    {
        var provable = papers.Where(paper => paper.Proof is not null).ToList();
        return named is ["all"] ? provable : [.. named.Select(Named)];

        Paper Named(string name) =>
            provable.Find(paper => $"{paper.Number}" == name)
            ?? throw new WordException(
                $"there is no proof of '{name}'; expected all, or some of {string.Join(", ", provable.Select(p => p.Number))}."
            );
    }

    private static string Page(Catalog catalog) => Path.GetFullPath("../../docs/papers.md", catalog.ProjectDirectory);
}
