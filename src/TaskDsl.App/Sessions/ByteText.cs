using System.Globalization;

namespace TaskDsl.App.Sessions;

/// <summary>How many bytes something has, as people say it: <c>519 bytes</c>, <c>1.5 GB</c>.</summary>
internal static class ByteText
{
    public static string Of(long bytes) =>
        bytes switch
        {
            < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
            < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
            < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
        };
}
