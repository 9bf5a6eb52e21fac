using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.Hub;

namespace TaskDsl.App.Fetching;

/// <summary>Shows how far files are while they are fetched: a live bar on a terminal, now and then a plain line elsewhere.</summary>
internal static class FetchProgress
{
    private static readonly TimeSpan PlainEvery = TimeSpan.FromSeconds(10);

    /// <summary>Fetches something that tells, file by file, the bytes that are there.</summary>
    public static Task RunAsync(Session session, Func<Action<HubFile, long>, Task> fetch) =>
        session.Console.Profile.Capabilities.Interactive
            ? session
                .Console.Progress()
                .AutoClear(false)
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn(),
                    new DownloadedColumn { Culture = CultureInfo.InvariantCulture },
                    new TransferSpeedColumn { Culture = CultureInfo.InvariantCulture },
                    new RemainingTimeColumn()
                )
                .StartAsync(context => fetch(Bars(context)))
            : fetch(Lines(session));

    private static Action<HubFile, long> Bars(ProgressContext context)
    {
        var bars = new Dictionary<HubFile, ProgressTask>();
        return (file, bytes) =>
        {
            if (!bars.TryGetValue(file, out var bar))
                bars.Add(file, bar = context.AddTask(Markup.Escape(file.Path), maxValue: Math.Max(1, file.Size)));
            bar.Value = Math.Max(bytes, file.Size == 0 ? 1 : 0);
        };
    }

    private static Action<HubFile, long> Lines(Session session)
    {
        var last = Stopwatch.GetTimestamp();
        var whole = new HashSet<HubFile>();
        return (file, bytes) =>
        {
            if (bytes < file.Size ? Stopwatch.GetElapsedTime(last) < PlainEvery : !whole.Add(file))
                return;
            last = Stopwatch.GetTimestamp();
            var share = bytes < file.Size ? string.Create(CultureInfo.InvariantCulture, $" {(double)bytes / file.Size:P0} of") : "";
            session.WriteLine($"  {file.Path}{share} {ByteText.Of(file.Size)}");
        };
    }
}
