using TaskDsl.Torch.Recipes;

namespace TaskDsl.Gpu;

/// <summary>The command line: words, then settings.</summary>
internal sealed record Options
{
    /// <summary>What stands in front of the settings: a step, and what it is given.</summary>
    public required string[] Words { get; init; }

    /// <summary>Where to compute. Default: the first GPU.</summary>
    public string Device { get; init; } = "cuda:0";

    /// <summary>What to compute in. Default: the first of the step's.</summary>
    public Precision? Precision { get; init; }

    /// <summary>How large models are that are measured. Default: as large as is worth while on the device.</summary>
    public string Size => SizeGiven ?? (Device == "cpu" ? "small" : "large");

    /// <summary>The precision in a recipe's word.</summary>
    public string PrecisionWord => (Precision ?? Torch.Recipes.Precision.Float32).ToString().ToLowerInvariant();

    private string? SizeGiven { get; init; }

    /// <summary>Reads it.</summary>
    /// <exception cref="UsageException">It cannot be read.</exception>
    public static Options Parse(string[] args)
    {
        var options = new Options { Words = [.. args.TakeWhile(a => !a.StartsWith('-'))] };
        for (var i = options.Words.Length; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new UsageException($"{args[i]} needs a value.");
            options = args[i] switch
            {
                "--device" => options with { Device = value == "cuda" ? "cuda:0" : value },
                "--size" => options with { SizeGiven = ModelSize.Named(value).Name },
                "--precision" => options with
                {
                    Precision = Enum.TryParse<Precision>(value, ignoreCase: true, out var precision)
                        ? precision
                        : throw new UsageException($"'{value}' is no precision; expected float32, bfloat16 or float16."),
                },
                _ => throw new UsageException($"'{args[i]}' is no setting; expected --device, --precision or --size."),
            };
        }

        return options;
    }
}
