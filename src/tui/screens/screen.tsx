import type { ReactNode } from 'react';
import type { Route } from '../routes.ts';
import { CleanScreen } from './clean/clean-screen.tsx';
import { DrawScreen } from './draw/draw-screen.tsx';
import { EvaluateScreen } from './evaluate/evaluate-screen.tsx';
import { FetchScreen } from './fetch/fetch-screen.tsx';
import { OwnDataScreen } from './fetch/own-data-screen.tsx';
import { HelpScreen } from './help/help-screen.tsx';
import { KeysScreen } from './help/keys-screen.tsx';
import { HomeScreen } from './home/home-screen.tsx';
import { ImagesScreen } from './images/images-screen.tsx';
import { LearnScreen } from './learn/learn-screen.tsx';
import { ConfusionsScreen } from './mistakes/confusions-screen.tsx';
import { MistakesScreen } from './mistakes/mistakes-screen.tsx';
import { ModelsScreen } from './models/models-screen.tsx';
import { TrainScreen } from './train/train-screen.tsx';

/** The screen of a route. */
export function Screen({ route }: { route: Route }): ReactNode {
  switch (route.screen) {
    case 'home':
      return <HomeScreen />;
    case 'fetch':
      return <FetchScreen route={route} />;
    case 'ownData':
      return <OwnDataScreen route={route} />;
    case 'images':
      return <ImagesScreen route={route} />;
    case 'train':
      return <TrainScreen route={route} />;
    case 'draw':
      return <DrawScreen route={route} />;
    case 'learn':
      return <LearnScreen />;
    case 'evaluate':
      return <EvaluateScreen route={route} />;
    case 'confusions':
      return <ConfusionsScreen route={route} />;
    case 'mistakes':
      return <MistakesScreen route={route} />;
    case 'models':
      return <ModelsScreen route={route} />;
    case 'clean':
      return <CleanScreen />;
    case 'keys':
      return <KeysScreen route={route} />;
    case 'help':
      return <HelpScreen />;
  }
}
