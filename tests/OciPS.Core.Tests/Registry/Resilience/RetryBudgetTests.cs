// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Registry.Resilience;
using OciPS.Sessions;

namespace OciPS.Core.Tests.Registry.Resilience;

public sealed class RetryBudgetTests
{
    [Fact]
    public void TryTake_WithinTheBudget_TakesUntilItIsSpent()
    {
        RetryBudget budget = Budget();
        TimeSpan wait = TimeSpan.FromMinutes(1);

        Assert.Equal([true, true, true, true, true, false], Enumerable.Range(0, 6).Select(_ => budget.TryTake(wait)));
    }

    [Fact]
    public void TryTake_LongerThanTheLongestWait_IsRefused()
    {
        RetryBudget budget = Budget();

        Assert.False(budget.TryTake(RegistryOptions.Default.LongestWait + TimeSpan.FromTicks(1)));
        Assert.True(budget.TryTake(RegistryOptions.Default.LongestWait));
    }

    [Fact]
    public void TryTake_TooMuchForWhatIsLeft_LeavesThatForAShorterWait()
    {
        RetryBudget budget = Budget();
        Assert.True(budget.TryTake(TimeSpan.FromSeconds(80))
            && budget.TryTake(TimeSpan.FromSeconds(80))
            && budget.TryTake(TimeSpan.FromSeconds(80)));

        Assert.False(budget.TryTake(TimeSpan.FromSeconds(80)));
        Assert.True(budget.TryTake(TimeSpan.FromSeconds(60)));
        Assert.False(budget.TryTake(TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void Spend_SilencesAtTheSameTime_CountOnce()
    {
        RetryBudget budget = Budget(TimeSpan.FromSeconds(100));
        long second = System.Diagnostics.Stopwatch.Frequency;

        budget.Spend(1000 * second, 1060 * second);
        budget.Spend(1000 * second, 1060 * second);
        budget.Spend(1010 * second, 1070 * second);

        Assert.False(budget.TryTake(TimeSpan.FromSeconds(30.5)));
        Assert.True(budget.TryTake(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Renew_BudgetIsSpent_BeginsWithAnother()
    {
        OperationContext operation = TestSession.Begin();
        RetryBudget spent = operation.Budget;
        while (spent.TryTake(TimeSpan.FromMinutes(1)))
        {
        }

        operation.RenewBudget();

        Assert.NotSame(spent, operation.Budget);
        Assert.True(operation.Budget.TryTake(TimeSpan.FromMinutes(1)));
        Assert.Same(operation.Budget, operation.Budget);
    }

    [Fact]
    public void TryTake_AsLongAsLimitersAskFor_IsWaitedFor() =>
        Assert.True(Budget().TryTake(TimeSpan.FromMinutes(2)));

    [Fact]
    public async Task TryTake_FromManyAtOnce_GivesNoMoreThanThereIs()
    {
        RetryBudget budget = Budget();

        bool[] taken = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(() => budget.TryTake(TimeSpan.FromSeconds(1)))));

        Assert.Equal(300, taken.Count(yes => yes));
    }

    private static RetryBudget Budget(TimeSpan? total = null) =>
        new(total ?? RegistryOptions.Default.Budget, RegistryOptions.Default.LongestWait, TimeProvider.System);
}
