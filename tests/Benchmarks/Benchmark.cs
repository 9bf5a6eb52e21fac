namespace TaskDsl.Benchmarks;

/// <summary>One measurement, run by its name. Each is one file.</summary>
public abstract class Benchmark
{
    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What is measured against what.</summary>
    public abstract string Summary { get; }

    /// <summary>Measures and prints.</summary>
    public abstract Task RunAsync(string[] args);

    /// <summary>The middle of several measurements.</summary>
    protected static double Median(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);
}
