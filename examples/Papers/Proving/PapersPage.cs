using System.Globalization;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;

namespace Papers.Proving;

/// <summary>docs/papers.md: a row a paper. What is not proved this time keeps its row, as long as it is of the same claim.</summary>
internal sealed class PapersPage(string path, IReadOnlyList<Paper> papers)
{
    private const string Head = """
        # Papers

        What `dotnet run -c Release --project examples/Papers -- prove all` has measured; nothing here is written by hand. A claim is the
        `expect` of the paper's pipeline, which stood there before it was run. *shown*: all of it holds; *not shown*: not all of it.
        *exact only*: the claim is out of reach at this size, and tests compare with the formula instead. Behind each expectation: its two
        sides, the interval that 95 % of resampled test sets fall into, and the share in which it does not hold. The time is that of all of
        the proof's steps, beds included. The papers' folders: [examples/Papers](../examples/Papers).

        | # | paper | claim | what was measured | verdict | time | date | processor |
        |---|---|---|---|---|---|---|---|

        """;

    /// <summary>Writes the row of a paper that has been proved, and keeps the others.</summary>
    public void Write(Paper proved, FinishedPipeline finished) =>
        Write(paper => paper == proved ? Row(paper, finished) : Kept(paper) ?? Unproved(paper));

    /// <summary>Writes all rows anew, of those that have been proved what there is.</summary>
    public void Write() => Write(paper => Kept(paper) ?? Unproved(paper));

    private void Write(Func<Paper, string> row)
    {
        var text = Head + string.Concat(papers.Select(paper => row(paper) + "\n"));
        File.WriteAllText(path, text);
    }

    /// <summary>A row that is there, unless the claim is another by now.</summary>
    private string? Kept(Paper paper) =>
        !File.Exists(path)
            ? null
            : File.ReadLines(path)
                .FirstOrDefault(line =>
                    line.StartsWith(Beginning(paper), StringComparison.Ordinal)
                    && (paper.Proof?.Expect ?? []).All(expected => line.Contains($"`{expected}`", StringComparison.Ordinal))
                );

    private static string Beginning(Paper paper) =>
        $"| {paper.Number} | {paper.Title} ({paper.Source}) | {paper.Claim.Replace("|", "\\|", StringComparison.Ordinal)} |";

    private static string Unproved(Paper paper) =>
        Beginning(paper) + (paper.Proof is null ? " tests compare with the formula | exact only | | | |" : " | not run yet | | | |");

    private static string Row(Paper paper, FinishedPipeline finished)
    {
        var records = finished.Steps.DistinctBy(step => step.Folder).Select(step => step.Record!).ToList();
        var seeds = finished.Steps.Select(step => step.Step.Verb).OfType<TrainStep>().Select(train => train.Recipe.Seed).Distinct().Order();
        var gates = finished.Gates.Select(gate => $"{(gate.Holds ? "" : "**not** ")}`{gate.Text}`: {gate.Words}");
        string[] cells =
        [
            string.Join("<br>", gates.Append($"seeds {string.Join(", ", seeds)}")),
            Verdict(finished),
            TimeSpan.FromSeconds(records.Sum(record => record.Seconds)).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
            records.Max(record => record.Finished).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            $"{Processor.Name}, {Environment.ProcessorCount} cores",
        ];
        return $"{Beginning(paper)} {string.Join(" | ", cells)} |";
    }

    /// <summary>What a finished proof has come to.</summary>
    public static string Verdict(FinishedPipeline finished) => finished.Gates.All(gate => gate.Holds) ? "shown" : "not shown";
}
