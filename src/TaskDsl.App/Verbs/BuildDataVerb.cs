using System.Buffers;
using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.Data;

namespace TaskDsl.App.Verbs;

/// <summary><c>build-data</c>: builds data sets, accounts for every record, and writes them out where asked.</summary>
internal static class BuildDataVerb
{
    public static Command Create(Session session)
    {
        var tasks = new Argument<string[]>("task") { Description = "The tasks. Default: all.", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<DirectoryInfo?>("--out") { Description = "Write each task's parts here, as JSON Lines." };
        var command = new Verb("build-data", "Build the typed data sets and account for every record.", "", "{task} --out data.built")
        {
            tasks,
            output,
        };
        command.SetAction((parsed, cancellation) => RunAsync(session, parsed.GetValue(tasks) ?? [], parsed.GetValue(output), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string[] names, DirectoryInfo? output, CancellationToken cancellationToken)
    {
        var table = new Table().RoundedBorder().AddColumns("task", "read", "kept", "train", "validation", "test", "left out");
        var (samples, notices) = (new List<string>(), new List<string>());
        foreach (var task in names.Length == 0 ? session.Catalog.Tasks : names.Select(session.Task))
        {
            using var data = await DatasetBuilder.LoadAsync(task, session.Data(task), cancellationToken).ConfigureAwait(false);
            var report = data.Report;
            table.AddRow(
                Markup.Escape(task.Name),
                report.Added == 0 ? Number(report.Read) : FormattableString.Invariant($"{report.Read:N0} {report.Added:+#,0;-#,0}"),
                Number(report.Kept),
                Part(data, SplitName.Train),
                Part(data, SplitName.Validation),
                Part(data, SplitName.Test),
                Markup.Escape(string.Join("\n", report.Dropped.Select(d => $"{Number(d.Value)} {d.Key}")))
            );
            samples.AddRange(report.DroppedSamples);
            notices.AddRange(report.Notices);
            if (output is not null)
                Write(data, output, cancellationToken);
        }

        session.Console.Write(table);
        foreach (var sample in samples)
            session.Console.MarkupLineInterpolated($"[yellow]left out:[/] {sample}");
        foreach (var notice in notices)
            session.Console.MarkupLineInterpolated($"[yellow]note:[/] {notice}");
        return ExitCode.Success;
    }

    private static string Part(Dataset data, SplitName split)
    {
        var examples = data[split];
        var languages = examples.CountBy(e => e.Language).OrderBy(l => l.Key, StringComparer.Ordinal).ToList();
        return languages.Count <= 1
            ? Number(examples.Count)
            : $"{Number(examples.Count)} ({string.Join(", ", languages.Select(l => $"{l.Key} {Number(l.Value)}"))})";
    }

    private static void Write(Dataset data, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        folder.Create();
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var split in Enum.GetValues<SplitName>())
        {
            var files = new Dictionary<string, FileStream>(StringComparer.Ordinal);
            try
            {
                foreach (var example in data[split])
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!files.TryGetValue(example.Language, out var file))
                        files.Add(
                            example.Language,
                            file = File.Create(
                                Path.Combine(
                                    folder.FullName,
                                    $"{data.Task.Name}.{example.Language}.{split.ToString().ToLowerInvariant()}.jsonl"
                                )
                            )
                        );
                    bytes.ResetWrittenCount();
                    data.Task.WriteExample(bytes, example.InputValue, example.OutputValue);
                    bytes.Write("\n"u8);
                    file.Write(bytes.WrittenSpan);
                }
            }
            finally
            {
                foreach (var file in files.Values)
                    file.Dispose();
            }
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
