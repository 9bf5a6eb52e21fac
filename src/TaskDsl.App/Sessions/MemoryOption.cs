using System.CommandLine;
using System.Globalization;

namespace TaskDsl.App.Sessions;

/// <summary><c>--memory</c>: how much another machine has, in bytes; null where it is not given.</summary>
internal sealed class MemoryOption : Option<long?>
{
    private static readonly (string Unit, double Bytes)[] Units = [("GiB", 1L << 30), ("MiB", 1L << 20), ("GB", 1e9), ("MB", 1e6)];

    public MemoryOption()
        : base("--memory")
    {
        Description =
            "Plan for another machine with so much free memory, or a GPU with so much where the device is one, as --memory 80GB. "
            + "Nothing is timed then.";
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            foreach (var (unit, bytes) in Units)
                if (
                    text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                    && double.TryParse(
                        text.AsSpan(0, text.Length - unit.Length),
                        NumberStyles.Float,
                        CultureInfo.InvariantCulture,
                        out var number
                    )
                    && number > 0
                    && number * bytes < 1L << 60
                )
                    return (long)(number * bytes);
            result.AddError($"--memory: '{text}' where a number and its unit are expected: GB, MB, GiB or MiB, as 80GB.");
            return null;
        };
    }
}
