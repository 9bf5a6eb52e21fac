using System.Globalization;

namespace TaskDsl.Benchmarks;

/// <summary>
/// The most memory of forty training steps, and their time, where what malloc keeps of freed memory is given back never, as a run does it,
/// and after every step; a process each.
/// </summary>
internal static class FreedPieces
{
    private const string Shape = "llama 256x6, 24 rows";
    private const int Steps = 40;

    public static void Run()
    {
        Console.WriteLine("| given back | most memory | time |");
        Console.WriteLine("|---|---|---|");
        foreach (var way in Enum.GetValues<GivenBack>())
        {
            var numbers = Child.Run("memory-forecasts", "train", Shape, Steps.ToString(CultureInfo.InvariantCulture), way.ToString());
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {way switch { GivenBack.Never => "never", GivenBack.WhenMuch => "as a run does", _ => "after every step" }} "
                        + $"| {numbers[0]:F0} MB | "
                        + $"{numbers[1] / 1000:F1} s |"
                )
            );
        }
    }
}

/// <summary>When freed memory is given back.</summary>
internal enum GivenBack
{
    /// <summary>Not at all.</summary>
    Never,

    /// <summary>When there is a quarter more than the first step took.</summary>
    WhenMuch,

    /// <summary>After every step.</summary>
    Always,
}
