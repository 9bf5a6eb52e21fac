using System.Diagnostics;
using System.Globalization;
using TaskDsl;
using TaskDsl.Gpu;
using TaskDsl.Gpu.Steps;
using TaskDsl.Torch.Native;
using TorchSharp;

// What there is, in the order in which it is worth while: where time runs out, the last ones are missing.
Step[] steps =
[
    new DeviceStep(),
    new Rates(),
    new Golden(),
    new Curves(),
    new Greedily(),
    new Twins(),
    .. Training.First,
    new Resumption(),
    .. Training.Rest,
    new Decoding(),
];
try
{
    var options = Options.Parse(args);
    switch (options.Words)
    {
        case ["list"]: // A line for each process: step, precision, limit in seconds.
            foreach (var step in steps)
            foreach (var precision in step.Precisions)
                Console.WriteLine($"{step.Name} {precision.ToString().ToLowerInvariant()} {step.Limit}");
            return 0;
        case ["sizes"]:
            Console.WriteLine(ModelSize.Named(options.Size).ToJson().ToJsonString());
            return 0;
        case ["summary", var results]:
            return new Summary(results).Print();
        case ["train", var folder]:
            return await Resumption.TrainAsync(folder, killAt: null, options);
        case ["train", var folder, var killAt]:
            return await Resumption.TrainAsync(folder, int.Parse(killAt, CultureInfo.InvariantCulture), options);
        case [var name] when steps.FirstOrDefault(s => s.Name == name) is { } chosen:
            return Run(chosen, options);
        default:
            throw new UsageException(
                $"'{string.Join(" ", options.Words)}' is no step; expected one of "
                    + $"{string.Join(", ", steps.Select(s => s.Name))}, or list, sizes "
                    + "or summary FILE."
            );
    }
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

// A failure goes to standard error with its stack, from where check.sh takes it: a process that dies without a word looks the same.
static int Run(Step step, Options options)
{
    options = options with { Precision = options.Precision ?? step.Precisions[0] };
    TorchRuntime.Tf32 = step.Tf32;
    var setting = new Setting(Find(options.Device), options.Precision.Value, ModelSize.Named(options.Size));
    var (far, started) = (0, Stopwatch.GetTimestamp());
    foreach (var finding in step.Run(setting))
    {
        Console.WriteLine(finding.ToJson(step.Name, options, Stopwatch.GetElapsedTime(started).TotalSeconds).ToJsonString());
        far += finding.Far is null ? 0 : 1;
        started = Stopwatch.GetTimestamp();
    }

    return far == 0 ? 0 : 1;
}

// No libtorch, or no such device: the words say what to do, a stack would not.
static torch.Device Find(string name)
{
    try
    {
        return TorchRuntime.Device(name);
    }
    catch (Exception e) when (e is ArgumentException or MisfitException or DllNotFoundException)
    {
        throw new UsageException(e.Message);
    }
}
